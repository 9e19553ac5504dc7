-- What was said later of the cases of some people: what they are now, onset, source, merging, investigation, care; oldest first.
SELECT fact.kind, fact.detail ->> 'case' AS key, fact.occurred_at, fact.detail ->> 'to' AS becomes, fact.detail ->> 'into' AS into,
       (fact.detail ->> 'onset_on')::date AS onset_on, fact.detail ->> 'infector' AS infector,
       fact.detail ->> 'setting' AS setting, (fact.detail ->> 'certainty')::float AS certainty
FROM known_facts(%(known_at)s) AS fact
WHERE fact.person_id = ANY (%(people)s) AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
  AND fact.kind IN ('cases.reclassified', 'cases.course_told', 'cases.investigated', 'cases.core_traced', 'cases.admitted',
                    'cases.source_told', 'cases.merged')
  AND fact.detail ->> 'case' = ANY (%(keys)s)
ORDER BY fact.occurred_at, fact.id
