-- Samples in the asker's areas that have no result yet, oldest first.
SELECT coalesce(fact.detail ->> 'sample', fact.id::text) AS sample, fact.person_id, person.name, fact.area,
       fact.occurred_at AS sampled_at
FROM loop_fact AS fact
LEFT JOIN registry_person AS person ON person.id = fact.person_id
WHERE fact.kind = 'screening.sampled'
  AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
  AND fact.occurred_at >= %(since)s
  AND (%(sample)s::text IS NULL OR coalesce(fact.detail ->> 'sample', fact.id::text) = %(sample)s)
  AND (%(after)s::text IS NULL OR (fact.occurred_at, coalesce(fact.detail ->> 'sample', fact.id::text))
       > (%(moment)s::timestamptz, %(after)s))
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
  AND NOT EXISTS (
      SELECT FROM loop_fact AS result
      WHERE result.person_id = fact.person_id AND result.kind = 'screening.result'
        AND result.detail ->> 'sample' = coalesce(fact.detail ->> 'sample', fact.id::text)
        AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = result.id)
  )
ORDER BY fact.occurred_at, 1
LIMIT %(limit)s
