-- Outbreaks by county and disease, newest first: when the first of their cases emerged, was found and told, and when each early action was done.
-- Told is what was known first: later versions of a report keep its moment. Cases of imported bulletins have no person and no course.
WITH told AS (
    SELECT coalesce(f.detail ->> 'case', f.id::text) AS key, min(f.recorded_at) AS told_at
    FROM loop_fact AS f
    WHERE f.kind = 'cases.reported' AND f.area >= %(first)s AND f.area < %(after)s AND f.recorded_at <= %(now)s
    GROUP BY 1
), reported AS (
    SELECT DISTINCT ON (coalesce(f.detail ->> 'case', f.id::text))
           coalesce(f.detail ->> 'case', f.id::text) AS key, left(f.area, 6) AS county,
           coalesce(nullif(f.detail ->> 'disease', ''), 'covid19') AS disease,
           coalesce((f.detail ->> 'infected_on')::date, (f.detail ->> 'onset_on')::date) AS emerged,
           local_date(f.occurred_at) AS found_on, f.person_id IS NOT NULL AS known
    FROM known_facts(%(now)s) AS f
    WHERE f.kind = 'cases.reported' AND f.area >= %(first)s AND f.area < %(after)s AND f.occurred_at >= %(since)s
    ORDER BY coalesce(f.detail ->> 'case', f.id::text), f.recorded_at DESC, f.id DESC
), stepped AS (
    SELECT r.*, r.found_on - lag(r.found_on) OVER (PARTITION BY r.county, r.disease ORDER BY r.found_on, r.key) > %(quiet)s AS begins
    FROM reported AS r WHERE r.known
), numbered AS (
    SELECT s.*, count(*) FILTER (WHERE s.begins) OVER (PARTITION BY s.county, s.disease ORDER BY s.found_on, s.key) AS number
    FROM stepped AS s
), event AS (
    SELECT n.county, n.disease, n.number, count(*)::int AS cases, min(n.emerged) AS emerged, min(n.found_on) AS detected, max(n.found_on) AS last,
           (array_agg(n.key ORDER BY n.found_on, n.key))[1] AS key, count(n.emerged)::int AS with_onset
    FROM numbered AS n GROUP BY n.county, n.disease, n.number
)
SELECT e.*, local_date(t.told_at) AS notified, coalesce(a.done, '{}'::jsonb) AS done
FROM event AS e
JOIN told AS t ON t.key = e.key
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(x.kind, x.on_day) AS done
    FROM (
        SELECT f.kind, local_date(min(f.occurred_at)) AS on_day
        FROM known_facts(%(now)s) AS f
        WHERE f.kind = ANY (%(actions)s) AND f.detail ->> 'case' = e.key AND f.area >= e.county AND f.area < e.county || '~'
        GROUP BY f.kind
    ) AS x
) AS a ON true
ORDER BY e.detected DESC, e.county LIMIT %(limit)s
