"""What became of the rows of a run's file is kept with the run."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('screening', '0004_coverage')]

    operations = [migrations.AddField('run', 'receipt', models.JSONField(default=dict))]
