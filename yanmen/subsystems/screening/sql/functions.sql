-- What relations, pages and the release of results share. Idempotent.

-- Every result of a person known by then and not taken back, wherever it is stored; `members` says how many shared the tube.
-- The id carries the day of recording: ask for `id >= first_id_of(day)` and only those partitions are read.
CREATE OR REPLACE FUNCTION known_tests(known_at timestamptz)
RETURNS TABLE (id uuid, person_id bigint, result text, method text, members integer, occurred_at timestamptz, recorded_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id, f.person_id, f.detail ->> 'result', coalesce(f.detail ->> 'method', 'nat'), 1, f.occurred_at, f.recorded_at
    FROM known_facts(known_at) f WHERE f.kind = 'screening.result'
    UNION ALL
    SELECT n.id, n.person_id, 'negative', 'nat', n.members::integer, n.occurred_at, n.recorded_at
    FROM known_screening_negative(known_at) n
$$;

-- Kilometres between two points on the sphere (haversine; mean radius of the Earth, IUGG); null when a point is unknown.
CREATE OR REPLACE FUNCTION screening_km(lon1 float8, lat1 float8, lon2 float8, lat2 float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN num_nulls(lon1, lat1, lon2, lat2) = 0 THEN 2 * 6371.0088 * asin(least(1, sqrt(
        sin(radians(lat2 - lat1) / 2) ^ 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ^ 2))) END
$$;
