-- People who may have been at a venue together with a changed person who was reported as a case, or no longer is one, since the last
-- turn and two days before. Whose report is older was passed on then; check-ins that come in later wake by themselves (see wake_near_cases.sql).
WITH since AS MATERIALIZED (
    SELECT coalesce((SELECT turn.at FROM loop_turn AS turn ORDER BY turn.id DESC OFFSET 1 LIMIT 1), '-infinity') - interval '2 days' AS at
), cases AS MATERIALIZED (
    SELECT DISTINCT changed.subject AS id
    FROM changed
    JOIN loop_fact AS report ON report.person_id = changed.subject AND report.kind = 'cases.reported'
    WHERE report.recorded_at > (SELECT at FROM since)
       OR EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = report.id
                  AND later.recorded_at > (SELECT at FROM since))
)
SELECT DISTINCT near.person_id AS subject
FROM cases
CROSS JOIN LATERAL (
    SELECT own.place_id, own.occurred_at FROM loop_bulk_presence_scanned AS own WHERE own.person_id = cases.id OFFSET 0
) AS theirs
CROSS JOIN LATERAL (
    SELECT other.person_id FROM loop_bulk_presence_scanned AS other
    WHERE other.place_id = theirs.place_id AND other.person_id <> cases.id
      AND other.occurred_at > theirs.occurred_at - interval '12 hours' AND other.occurred_at < theirs.occurred_at + interval '12 hours'
    OFFSET 0
) AS near
