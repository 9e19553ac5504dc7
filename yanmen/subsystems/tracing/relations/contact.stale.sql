-- People whom a changed person's facts matter to: those linked to a close contact, and everybody found around a case.
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
)
SELECT fact.person_id AS subject
FROM members
JOIN loop_fact AS fact ON fact.kind = 'tracing.contact_found' AND fact.detail ->> 'linked' = members.id::text
UNION
SELECT fact.person_id
FROM members
JOIN loop_fact AS report ON report.person_id = members.id AND report.kind = 'cases.reported'
JOIN loop_fact AS fact
    ON fact.detail ->> 'case' = coalesce(report.detail ->> 'case', report.id::text)
    AND fact.kind IN ('tracing.contact_found', 'tracing.general_contact_found', 'tracing.co_resident_found',
                      'tracing.companion_flagged', 'tracing.scene_exposed')
