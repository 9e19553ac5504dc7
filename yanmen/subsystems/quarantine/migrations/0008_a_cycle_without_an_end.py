"""Where the edition in force sets no length of a cycle, none is made up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quarantine", "0007_guests_asked_at_once"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cycle",
            name="ends_on",
            field=models.DateField(null=True),
        ),
    ]
