-- How often people of the asker's areas were called between two moments: the distribution, who most often, and by area below.
WITH called AS (
    SELECT coalesce(person.same_as_id, person.id) AS person, min(fact.area) AS area, count(*) AS calls
    FROM loop_fact AS fact
    JOIN registry_person AS person ON person.id = fact.person_id
    WHERE fact.kind = 'tracing.called' AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND fact.occurred_at >= %(since)s AND fact.occurred_at <= %(until)s
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    GROUP BY 1
), top AS (
    SELECT * FROM called ORDER BY calls DESC, person LIMIT %(top)s
)
SELECT 'spread' AS what, NULL::bigint AS person, NULL::text AS name, '' AS area, calls, count(*) AS people, calls AS most
FROM called GROUP BY calls
UNION ALL
SELECT 'top', top.person, person.name, top.area, top.calls, 1, top.calls
FROM top LEFT JOIN registry_person AS person ON person.id = top.person
UNION ALL
SELECT 'area', NULL, NULL, left(area, %(deeper)s), sum(calls)::bigint, count(*), max(calls) FROM called GROUP BY left(area, %(deeper)s)
