-- Who stayed at a place in a window, each with the minutes at the same time as some stays of a case: longest together first.
WITH wanted AS (
    SELECT stay.fact_id, coalesce(person.same_as_id, stay.person_id) AS person, stay.arrived, stay.left_at, stay.via,
           coalesce(person.name, '') AS name, coalesce(person.area, '') AS home
    FROM tracing_stay AS stay
    LEFT JOIN registry_person AS person ON person.id = stay.person_id
    WHERE stay.place_id = %(place)s AND stay.arrived >= %(since)s - interval '12 hours' AND stay.arrived < %(until)s
      AND stay.left_at > %(since)s AND in_scope(stay.area)
), of_case AS (
    SELECT arrived, left_at FROM wanted WHERE fact_id = ANY(%(case_stays)s::uuid[])
), met AS (
    SELECT wanted.*, wanted.fact_id = ANY(%(case_stays)s::uuid[]) AS is_case,
           coalesce((SELECT sum(extract(epoch FROM least(wanted.left_at, of_case.left_at) - greatest(wanted.arrived, of_case.arrived)))
                     FROM of_case WHERE of_case.arrived < wanted.left_at AND of_case.left_at > wanted.arrived) / 60, 0)::integer AS minutes,
           EXISTS (SELECT FROM of_case WHERE of_case.arrived < wanted.left_at AND of_case.left_at > wanted.arrived) AS at_once
    FROM wanted
), counted AS (
    SELECT count(*) AS stays, count(DISTINCT person) AS people, count(DISTINCT person) FILTER (WHERE at_once AND NOT is_case) AS together FROM met
)
SELECT met.*, counted.stays, counted.people, counted.together
FROM met CROSS JOIN counted
WHERE met.at_once OR NOT %(together)s
ORDER BY met.is_case DESC, met.minutes DESC, met.arrived, met.fact_id
LIMIT %(limit)s
