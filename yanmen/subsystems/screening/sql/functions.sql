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
