"""Numbers of printed labels: each is given once, to whoever asks."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("screening", "0008_queue")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE screening_label AS bigint", "DROP SEQUENCE screening_label"),
    ]
