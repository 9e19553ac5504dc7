-- Cases that were found to be contacts of other cases: close or general, with the days and the setting.
SELECT fact.person_id, fact.detail ->> 'case' AS key, (fact.detail ->> 'first_exposed')::date AS first_exposed,
       (fact.detail ->> 'last_exposed')::date AS last_exposed, coalesce((fact.detail ->> 'certainty')::float, 1.0) AS certainty,
       coalesce(fact.detail ->> 'via', '') AS via
FROM known_facts(%(known_at)s) AS fact
WHERE fact.person_id = ANY (%(people)s) AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
  AND (fact.kind = 'tracing.contact_found' AND fact.detail ->> 'degree' = '1' OR fact.kind = 'tracing.general_contact_found')
  AND fact.detail ->> 'case' = ANY (%(keys)s)
