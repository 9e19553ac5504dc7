-- When each of some people was brought to quarantine, on or after a moment of their own.
SELECT asked.person, min(fact.occurred_at) AS at
FROM unnest(%(persons)s::bigint[], %(since)s::timestamptz[]) AS asked (person, since)
JOIN loop_fact AS fact ON fact.person_id = asked.person AND fact.kind = 'arrivals.transferred' AND fact.occurred_at >= asked.since
WHERE NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
GROUP BY asked.person
