from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "functions.sql"


class Migration(migrations.Migration):
    dependencies = [("loop", "0001_initial"), ("registry", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
