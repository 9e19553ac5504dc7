-- How many of these people are contacts, close or general, as facts stand.
SELECT count(DISTINCT fact.person_id)
FROM loop_fact AS fact
WHERE fact.person_id = ANY (%(people)s) AND fact.kind IN ('tracing.contact_found', 'tracing.general_contact_found')
  AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
