-- How an edge keeps records. Its role may add rows and read none, so it learns which ids were there before by trying.

-- The days that ids carry; cheap when the partition is there.
-- name: make_day
SELECT make_bulk_partition($1, $2)

-- Whom a batch concerns, in the transaction of the batch. Arrays go as text: asyncpg looks at each element of a list.
-- name: wake
SELECT wake_watched($1::text::bigint[], $2::text::bigint[], $3::text::text[])

-- Where a batch waits that met an id the table already has. Once a connection.
-- name: make_waiting
CREATE TEMPORARY TABLE IF NOT EXISTS {waiting} ({columns}) ON COMMIT DELETE ROWS

-- Row by row, because RETURNING would need the right to read. What stays behind was there before.
-- In the order of ids, so that two edges with the same records do not wait for each other in a ring.
-- name: keep_new
DO $$
DECLARE
    new record;
BEGIN
    FOR new IN SELECT ctid AS here, * FROM pg_temp.{waiting} ORDER BY id, ctid LOOP
        INSERT INTO public.{table} ({names}) VALUES ({values}) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            DELETE FROM pg_temp.{waiting} WHERE ctid = new.here;
        END IF;
    END LOOP;
END $$

-- name: repeated
SELECT id FROM pg_temp.{waiting}

-- A record that was there before may still be on its way to the standby. A word in the log behind it makes this commit
-- wait for the standby too, so that "repeated" acknowledges as much as "kept".
-- name: follow_the_log
SELECT pg_logical_emit_message(true, 'yanmen_edge', '')
