"""What a site may know of its guests is asked of many at once: the functions of 0005 anew, and those that count over all guests."""

from pathlib import Path

from django.db import migrations

GUESTS = Path(__file__).resolve().parents[1] / "sql" / "guests.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0006_errands'),
    ]

    operations = [
        migrations.RunSQL(GUESTS.read_text("utf-8"), migrations.RunSQL.noop),
    ]
