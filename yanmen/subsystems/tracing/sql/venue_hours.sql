-- How many different people were at a place in each hour of a day, and how many of them at the same time as a case.
WITH stay AS (
    SELECT coalesce(person.same_as_id, stay.person_id) AS person, stay.fact_id, stay.arrived, stay.left_at
    FROM tracing_stay AS stay
    LEFT JOIN registry_person AS person ON person.id = stay.person_id
    WHERE stay.place_id = %(place)s AND stay.arrived >= %(since)s - interval '12 hours' AND stay.arrived < %(until)s
      AND stay.left_at > %(since)s AND in_scope(stay.area)
), of_case AS (
    SELECT arrived, left_at FROM stay WHERE fact_id = ANY(%(case_stays)s::uuid[])
), hour AS (
    SELECT n AS hour, %(since)s::timestamptz + n * interval '1 hour' AS begins, %(since)s::timestamptz + (n + 1) * interval '1 hour' AS ends
    FROM generate_series(0, 23) AS n
)
SELECT hour.hour, count(DISTINCT stay.person) AS people,
       count(DISTINCT stay.person) FILTER (WHERE EXISTS (
           SELECT FROM of_case
           WHERE greatest(of_case.arrived, hour.begins) < least(stay.left_at, hour.ends)
             AND least(of_case.left_at, hour.ends) > greatest(stay.arrived, hour.begins))) AS together
FROM hour LEFT JOIN stay ON stay.arrived < hour.ends AND stay.left_at > hour.begins AND NOT stay.fact_id = ANY(%(case_stays)s::uuid[])
GROUP BY hour.hour ORDER BY hour.hour
