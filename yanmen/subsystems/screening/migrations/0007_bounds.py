"""A box takes its temperatures from the norm alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('screening', '0006_void'),
    ]

    operations = [
        migrations.AlterField(
            model_name='box',
            name='coldest',
            field=models.FloatField(),
        ),
        migrations.AlterField(
            model_name='box',
            name='warmest',
            field=models.FloatField(),
        ),
    ]
