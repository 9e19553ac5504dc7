-- Whose records of presence wait to become stays; since when their stays may be others than those that are written: a record changes
-- what began up to half a day before it, and nothing else.
SELECT coalesce(array_agg(DISTINCT coalesce(person.same_as_id, waiting.person_id)), '{{}}'),
       date_trunc('second', min(fact.occurred_at)) - interval '12 hours'
FROM tracing_waiting AS waiting
JOIN registry_person AS person ON person.id = waiting.person_id
CROSS JOIN LATERAL (SELECT kept.occurred_at FROM {table} AS kept WHERE kept.id = waiting.fact_id OFFSET 0) AS fact
