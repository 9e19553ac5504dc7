-- balance: arrivals
-- order: 70
-- zh: 申报来（返） → 抵达
-- en: Declared arrival → landed
-- page: arrivals.list
-- part: landed | 已抵达 | Landed
-- part: elsewhere | 改往他处 | Went elsewhere
-- part: no_show | 核实未到 | Found not to have come
-- part: expected | 预计抵达 | Expected
-- lost: 应到未见、无人核实 | Expected and not seen, nobody checked
WITH answer AS (
    SELECT f.detail ->> 'journey' AS journey,
           bool_or(f.kind IN ('arrivals.landed', 'arrivals.taken_over')) AS landed,
           bool_or(f.kind IN ('arrivals.rerouted', 'arrivals.declared_elsewhere')) AS elsewhere,
           bool_or(f.kind = 'arrivals.no_show') AS no_show
    FROM known_facts(%(now)s) AS f
    WHERE f.kind IN ('arrivals.landed', 'arrivals.taken_over', 'arrivals.rerouted', 'arrivals.declared_elsewhere', 'arrivals.no_show')
      AND f.area >= %(first)s AND f.area < %(after)s AND f.occurred_at >= %(since)s
    GROUP BY 1
)
SELECT coalesce(f.detail ->> 'journey', f.id::text) AS key, f.person_id AS person, f.area,
       CASE WHEN a.landed THEN 'landed' WHEN a.elsewhere THEN 'elsewhere' WHEN a.no_show THEN 'no_show'
            WHEN day_start((f.detail ->> 'expected_on')::date) > %(now)s - %(arrival_hours)s * interval '1 hour' THEN 'expected'
            ELSE 'lost' END AS part,
       f.recorded_at AS since
FROM known_facts(%(now)s) AS f LEFT JOIN answer AS a ON a.journey = coalesce(f.detail ->> 'journey', f.id::text)
WHERE f.kind = 'arrivals.declared' AND f.area >= %(first)s AND f.area < %(after)s
  AND f.occurred_at >= %(since)s AND f.detail ->> 'expected_on' IS NOT NULL
