"""Everybody found around a case, at once when the case or a linked contact changes; and whether a case still stands."""

from django.db import migrations

CREATE = """
CREATE INDEX tracing_around_case ON loop_fact ((detail ->> 'case'), kind)
WHERE kind IN ('cases.reported', 'cases.reclassified', 'tracing.contact_found', 'tracing.general_contact_found',
               'tracing.co_resident_found', 'tracing.companion_flagged', 'tracing.scene_exposed');

CREATE INDEX tracing_linked ON loop_fact ((detail ->> 'linked')) WHERE kind = 'tracing.contact_found';

-- A case that was never reported to us (another province asks us to find its contacts) stands; a report that was
-- withdrawn, or found to be no infection, does not. A key that a fact states itself need not be that fact's id.
CREATE FUNCTION traced_case_stands(case_key text, known_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH version AS (
        SELECT report.id, report.detail ->> 'kind' AS kind FROM loop_fact AS report
        WHERE report.kind = 'cases.reported' AND report.detail ->> 'case' = case_key AND report.recorded_at <= known_at
        UNION
        SELECT report.id, report.detail ->> 'kind' FROM loop_fact AS report
        WHERE report.id = CASE WHEN case_key ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN case_key::uuid END
          AND report.kind = 'cases.reported' AND report.recorded_at <= known_at
    ), standing AS (
        SELECT coalesce((
            SELECT renamed.detail ->> 'to' FROM known_facts(known_at) AS renamed
            WHERE renamed.kind = 'cases.reclassified' AND renamed.detail ->> 'case' = case_key
            ORDER BY renamed.occurred_at DESC, renamed.id DESC LIMIT 1
        ), version.kind, 'confirmed') AS kind
        FROM version
        WHERE NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = version.id AND later.recorded_at <= known_at)
    )
    SELECT NOT EXISTS (SELECT FROM version)
        OR EXISTS (SELECT FROM standing WHERE kind IN ('confirmed', 'asymptomatic', 'suspected'))
$$;

-- When what a fact says in these fields was first said about its person: a correction of something else, or the same
-- thing said again, does not make it new. What was taken back was never said.
CREATE FUNCTION traced_since(fact loop_fact, fields text[], known_at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT least(fact.recorded_at, min(version.recorded_at))
    FROM loop_fact AS version
    WHERE version.person_id = fact.person_id AND version.kind = fact.kind AND version.recorded_at <= known_at
      AND NOT EXISTS (
          SELECT FROM unnest(fields) AS field WHERE version.detail ->> field IS DISTINCT FROM fact.detail ->> field
      )
      AND NOT EXISTS (
          SELECT FROM loop_fact AS later
          WHERE later.corrects = version.id AND later.kind = 'fact.withdrawn' AND later.recorded_at <= known_at
      )
$$;
"""
DROP = """
DROP FUNCTION traced_since(loop_fact, text[], timestamptz);
DROP FUNCTION traced_case_stands(text, timestamptz);
DROP INDEX tracing_linked;
DROP INDEX tracing_around_case;
"""


class Migration(migrations.Migration):
    dependencies = [("loop", "0002_functions")]
    operations = [migrations.RunSQL(CREATE, DROP)]
