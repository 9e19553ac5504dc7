"""Whose tests changed in a transaction, until its end: then the edges are told of all of them at once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("screening", "0009_labels"), ("loop", "0008_tasks_climb")]

    operations = [
        migrations.RunSQL(
            """CREATE UNLOGGED TABLE screening_untold (
                   act xid8 NOT NULL DEFAULT pg_current_xact_id(), person_id bigint NOT NULL, moment timestamptz NOT NULL,
                   PRIMARY KEY (act, person_id)
               )""",
            "DROP TABLE screening_untold",
        ),
    ]
