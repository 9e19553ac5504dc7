-- What facts say of some people that a form would ask: visits and temperatures of the day, homes checked, open needs, answers.
SELECT fact.person_id AS person, fact.id, fact.kind, fact.occurred_at, fact.detail
FROM loop_fact AS fact
WHERE fact.person_id = ANY(%(people)s) AND fact.kind = ANY(%(kinds)s) AND fact.occurred_at >= %(since)s
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
ORDER BY fact.person_id, fact.occurred_at, fact.id
