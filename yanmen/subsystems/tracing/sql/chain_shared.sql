-- Two cases at one place at once, in the days before the onset of the first of them: where an investigator asks backwards.
WITH ill AS (
    SELECT * FROM unnest(%(people)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[]) AS each (person_id, since, until)
), own AS MATERIALIZED (
    SELECT ill.person_id, stay.place_id, stay.arrived, stay.left_at
    FROM ill
    JOIN tracing_stay AS stay ON stay.person_id = ill.person_id AND stay.arrived >= ill.since AND stay.arrived < ill.until
    WHERE stay.area >= %(area)s AND stay.area < %(area)s || '~'
), met AS (
    SELECT own.person_id, other.person_id AS other, own.place_id, greatest(own.arrived, other.arrived) AS from_at,
           least(own.left_at, other.left_at) AS to_at
    FROM own
    JOIN own AS other ON other.place_id = own.place_id AND other.person_id <> own.person_id
     AND other.arrived <= own.left_at - %(together)s::interval AND other.left_at >= own.arrived + %(together)s::interval
)
SELECT DISTINCT person_id, other, place_id, local_date(from_at) AS day FROM met WHERE to_at - from_at >= %(together)s::interval
