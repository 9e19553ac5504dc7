-- People whom a changed person's facts matter to: those linked to a close contact, everybody found around a case or asked about for it.
SELECT fact.person_id AS subject
FROM changed
JOIN loop_fact AS fact ON fact.kind = 'tracing.contact_found' AND fact.detail ->> 'linked' = changed.subject::text
UNION
SELECT fact.person_id
FROM changed
JOIN loop_fact AS report ON report.person_id = changed.subject AND report.kind = 'cases.reported'
JOIN loop_fact AS fact
    ON fact.detail ->> 'case' = coalesce(report.detail ->> 'case', report.id::text)
    AND fact.kind IN ('tracing.contact_found', 'tracing.general_contact_found', 'tracing.co_resident_found',
                      'tracing.companion_flagged', 'tracing.scene_exposed')
UNION
SELECT fact.person_id
FROM changed
JOIN loop_fact AS report ON report.person_id = changed.subject AND report.kind = 'cases.reported'
JOIN loop_fact AS fact
    ON fact.detail ->> 'case' = coalesce(report.detail ->> 'case', report.id::text) AND fact.kind = 'tracing.help_asked'
