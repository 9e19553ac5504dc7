"""Finished days packed: stays at a place side by side, and which days and places are not packed."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
FUNCTIONS = "\n".join((SQL / name).read_text(encoding="utf-8") for name in ("functions.sql", "functions_near.sql"))
TABLES = """
CREATE TABLE tracing_crowd (
    day date NOT NULL,
    place_id bigint NOT NULL,
    area varchar(12) COLLATE "C" NOT NULL,
    longest smallint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    packed bytea NOT NULL,
    facts bytea NOT NULL
);
ALTER TABLE tracing_crowd ALTER COLUMN packed SET STORAGE PLAIN, ALTER COLUMN facts SET STORAGE EXTERNAL;
CREATE INDEX tracing_crowd_place ON tracing_crowd (place_id, day, longest, first_at, last_at);
CREATE INDEX tracing_crowd_day ON tracing_crowd USING brin (day);

CREATE TABLE tracing_packed (day date PRIMARY KEY, at timestamptz NOT NULL);

CREATE TABLE tracing_unpacked (day date, place_id bigint, since timestamptz NOT NULL, PRIMARY KEY (day, place_id));
"""
GONE = """
DROP FUNCTION tracing_near(bigint[], timestamptz, timestamptz, interval, text, boolean);
DROP FUNCTION tracing_open_days(bigint, timestamptz, timestamptz);
DROP TABLE tracing_unpacked, tracing_packed, tracing_crowd;
"""


class Migration(migrations.Migration):
    dependencies = [("tracing", "0004_teams")]
    operations = [
        migrations.RunSQL(TABLES, GONE),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
