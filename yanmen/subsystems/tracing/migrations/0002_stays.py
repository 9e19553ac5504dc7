"""Stays: who was where from when to when, derived from facts, a partition a day."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "functions.sql"
TABLES = """
CREATE TABLE tracing_stay (
    person_id bigint NOT NULL,
    place_id bigint NOT NULL,
    area varchar(12) COLLATE "C" NOT NULL,
    arrived timestamptz NOT NULL,
    left_at timestamptz NOT NULL,
    fact_id uuid NOT NULL,
    via text NOT NULL,
    CONSTRAINT tracing_stay_lasts_half_a_day_at_most CHECK (left_at >= arrived AND left_at <= arrived + interval '12 hours')
) PARTITION BY RANGE (arrived);
CREATE INDEX tracing_stay_place ON tracing_stay (place_id, arrived) INCLUDE (left_at, person_id);
CREATE INDEX tracing_stay_person ON tracing_stay (person_id, arrived);

CREATE TABLE tracing_look (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    up_to timestamptz NOT NULL,
    by text NOT NULL
);

CREATE TABLE tracing_waiting (fact_id uuid PRIMARY KEY, person_id bigint NOT NULL);
CREATE INDEX tracing_waiting_person ON tracing_waiting (person_id);
"""
GONE = """
DROP FUNCTION tracing_make_day(date);
DROP FUNCTION tracing_drop_days(date);
DROP TABLE tracing_waiting, tracing_look, tracing_stay;
"""


class Migration(migrations.Migration):
    dependencies = [("tracing", "0001_around_a_case"), ("registry", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLES, GONE),
        migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
