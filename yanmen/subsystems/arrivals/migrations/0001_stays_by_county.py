"""The stays of a county, found at once when its tier changes: an index over two kinds of fact and no other."""

from django.db import migrations

CREATE = """
CREATE INDEX arrivals_stay_county ON loop_fact ((left(detail ->> 'origin', 6) COLLATE "C"))
WHERE kind IN ('arrivals.declared', 'arrivals.stayed')
"""


class Migration(migrations.Migration):
    dependencies = [("loop", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP INDEX arrivals_stay_county")]
