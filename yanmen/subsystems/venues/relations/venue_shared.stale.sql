-- People who may have been at a venue together with a changed person who was reported as a case, or no longer is one, these days.
-- Whose report is older was passed on then; check-ins that come in later wake by themselves (see wake_near_cases.sql).
WITH merged AS (
    SELECT id, same_as_id FROM registry_person WHERE same_as_id IS NOT NULL
), known_as AS (
    SELECT subject AS id FROM changed
    UNION ALL
    SELECT merged.same_as_id FROM changed JOIN merged ON merged.id = changed.subject
), members AS (
    SELECT id FROM known_as
    UNION ALL
    SELECT merged.id FROM known_as JOIN merged ON merged.same_as_id = known_as.id
), cases AS MATERIALIZED (
    SELECT DISTINCT members.id
    FROM members
    JOIN loop_fact AS report ON report.person_id = members.id AND report.kind = 'cases.reported'
    WHERE report.recorded_at > %(known_at)s::timestamptz - interval '2 days'
       OR EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = report.id
                  AND later.recorded_at > %(known_at)s::timestamptz - interval '2 days')
)
SELECT DISTINCT near.person_id AS subject
FROM cases
JOIN loop_bulk_presence_scanned AS theirs ON theirs.person_id = cases.id
JOIN loop_bulk_presence_scanned AS near ON near.place_id = theirs.place_id AND near.person_id <> theirs.person_id
 AND near.occurred_at > theirs.occurred_at - interval '12 hours' AND near.occurred_at < theirs.occurred_at + interval '12 hours'
