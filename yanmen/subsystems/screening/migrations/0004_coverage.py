"""How far a round is, part by part, is counted and kept; distances between sites."""

from pathlib import Path

from django.db import migrations, models

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "functions.sql"


class Migration(migrations.Migration):

    dependencies = [('screening', '0003_pace')]

    operations = [
        migrations.AddField('part', 'sampled', models.PositiveIntegerField(default=0)),
        migrations.AddField('part', 'sampled_here', models.PositiveIntegerField(default=0)),
        migrations.AddField('part', 'counted_at', models.DateTimeField(null=True)),
        migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
