-- Check-ins that came in with this look, or begin to count with it, wake whoever was at a place within half a day of somebody
-- reported as a case: a telephone that was offline may deliver long after the report.
WITH cases AS MATERIALIZED (
    SELECT DISTINCT member.id
    FROM known_facts(%(now)s) told
    JOIN registry_person one ON one.id = told.person_id
    CROSS JOIN LATERAL (
        SELECT coalesce(one.same_as_id, one.id) AS id
        UNION ALL SELECT twin.id FROM registry_person twin WHERE twin.same_as_id = coalesce(one.same_as_id, one.id)
    ) member
    WHERE told.kind = 'cases.reported' AND told.recorded_at > %(now)s::timestamptz - interval '15 days'
), theirs AS MATERIALIZED (
    SELECT s.* FROM cases CROSS JOIN LATERAL (
        SELECT own.person_id, own.place_id, own.occurred_at FROM loop_bulk_presence_scanned own
        WHERE own.person_id = cases.id OFFSET 0) s
), fresh AS MATERIALIZED (
    SELECT s.person_id, s.place_id, s.occurred_at
    FROM loop_bulk_presence_scanned s
    WHERE EXISTS (SELECT FROM cases)
      AND (s.recorded_at > %(from)s AND s.recorded_at <= %(to)s OR s.recorded_at > %(settled_from)s AND s.recorded_at <= %(settled_to)s)
)
INSERT INTO loop_wake (subject_type, subject)
SELECT 'person', fresh.person_id
FROM fresh JOIN theirs ON theirs.place_id = fresh.place_id AND theirs.person_id <> fresh.person_id
 AND theirs.occurred_at > fresh.occurred_at - interval '12 hours' AND theirs.occurred_at < fresh.occurred_at + interval '12 hours'
WHERE fresh.person_id IS NOT NULL
UNION
SELECT 'person', near.person_id
FROM fresh JOIN cases ON cases.id = fresh.person_id
CROSS JOIN LATERAL (
    SELECT other.person_id FROM loop_bulk_presence_scanned other
    WHERE other.place_id = fresh.place_id AND other.person_id <> fresh.person_id
      AND other.occurred_at > fresh.occurred_at - interval '12 hours' AND other.occurred_at < fresh.occurred_at + interval '12 hours'
    OFFSET 0) near
