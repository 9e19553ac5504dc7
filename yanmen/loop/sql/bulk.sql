-- Bulk facts: a table a kind, a batch a statement, a day dropped as a whole.

-- name: bulk_table
CREATE TABLE IF NOT EXISTS {table} (
    id uuid PRIMARY KEY,
    person_id bigint,
    place_id bigint,
    area varchar(12) COLLATE "C" NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    {columns}
) PARTITION BY RANGE (id);
CREATE INDEX IF NOT EXISTS {table}_person ON {table} (person_id, occurred_at);
CREATE INDEX IF NOT EXISTS {table}_place ON {table} (place_id, occurred_at);
CREATE INDEX IF NOT EXISTS {table}_recorded ON {table} USING brin (recorded_at);
CREATE OR REPLACE FUNCTION known_{known}(known_at timestamptz) RETURNS SETOF {table}
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.* FROM {table} f
    WHERE f.recorded_at <= known_at
      AND NOT EXISTS (SELECT 1 FROM loop_fact c WHERE c.corrects = f.id AND c.recorded_at <= known_at)
$$;

-- name: record_bulk
WITH stored AS (
    INSERT INTO {table} (id, person_id, place_id, area, occurred_at, recorded_at, recorded_by{columns})
    SELECT b.id, person_id, place_id, area, occurred_at, %(now)s, %(by)s{columns}
    FROM unnest(
        %(ids)s::uuid[], %(persons)s::bigint[], %(places)s::bigint[], %(areas)s::text[], %(occurred)s::timestamptz[]{arrays}
    ) AS b (id, person_id, place_id, area, occurred_at{columns})
    ON CONFLICT (id) DO NOTHING
    RETURNING person_id, place_id, area
)
SELECT count(*), wake_watched(array_agg(person_id), CASE WHEN %(by_place)s THEN array_agg(place_id) END,
                              CASE WHEN %(by_area)s THEN array_agg(area::text) END)
FROM stored

-- name: bulk_days
SELECT to_date(right(c.relname, 8), 'YYYYMMDD')
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = %(table)s::regclass AND to_date(right(c.relname, 8), 'YYYYMMDD') <= %(last)s ORDER BY 1

-- name: drop_day
SELECT facts, first_at, last_at, checksum FROM drop_bulk_partition(%(table)s, %(day)s)
