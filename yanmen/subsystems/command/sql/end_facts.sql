-- In which of these units something has happened since the order.
SELECT left(fact.area, %(digits)s) AS area, 1 AS done, 1 AS every
FROM known_facts(%(now)s) AS fact
WHERE fact.kind = %(kind)s AND fact.occurred_at >= %(issued_at)s
  AND fact.area >= %(within)s AND fact.area < %(within)s || '~' AND left(fact.area, %(digits)s) = ANY(%(areas)s::text[])
GROUP BY 1
