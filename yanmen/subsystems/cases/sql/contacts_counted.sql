-- How many people are known as contacts of a case in the asker's areas, by kind of contact and degree.
SELECT fact.kind, coalesce((fact.detail ->> 'degree')::int, 0) AS degree, count(DISTINCT fact.person_id)::int AS people
FROM loop_fact AS fact
WHERE fact.kind IN ('tracing.contact_found', 'tracing.general_contact_found', 'tracing.co_resident_found')
  AND fact.detail ->> 'case' = %(case)s AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
GROUP BY 1, 2
