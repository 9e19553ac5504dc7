-- Bulk facts: partitions by day, made on demand and dropped with a count; and whom a batch concerns. Idempotent.
-- They run as the owner, so each checks that it is handed a bulk table and nothing else.

-- The smallest UUIDv7 of a calendar day in Shanxi: the id carries the day, so it can be the partition key.
CREATE OR REPLACE FUNCTION first_id_of(day date) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM day_start(day)) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

CREATE OR REPLACE FUNCTION bulk_partition_name(bulk text, day date) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF bulk !~ '^loop_bulk_[a-z_]+$' OR NOT EXISTS (
        SELECT FROM pg_class WHERE oid = to_regclass('public.' || bulk) AND relkind = 'p'
    ) THEN
        RAISE EXCEPTION '% is no table of bulk facts', bulk;
    END IF;
    RETURN bulk || '_' || to_char(day, 'YYYYMMDD');
END $$;

-- Attached, not created in place: nobody who reads or writes other days has to wait.
CREATE OR REPLACE FUNCTION make_bulk_partition(bulk text, day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := bulk_partition_name(bulk, day);
BEGIN
    IF to_regclass('public.' || part) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(part, 0));
    -- Asked of the catalogue's rows: a name looked up before the wait is remembered as missing.
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = part AND relnamespace = 'public'::regnamespace) THEN
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, bulk);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       bulk, part, first_id_of(day), first_id_of(day + 1));
    END IF;
END $$;

CREATE OR REPLACE FUNCTION drop_bulk_partition(
    bulk text, day date, OUT facts bigint, OUT first_at timestamptz, OUT last_at timestamptz, OUT checksum bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := bulk_partition_name(bulk, day);
BEGIN
    EXECUTE format('SELECT count(*), min(recorded_at), max(recorded_at), coalesce(bit_xor(hashtextextended(id::text, 0)), 0)
                    FROM %I', part) INTO facts, first_at, last_at, checksum;
    EXECUTE format('DELETE FROM loop_task t USING %I f WHERE t.done_by = f.id', part);
    EXECUTE format('DROP TABLE %I', part);
END $$;
REVOKE EXECUTE ON FUNCTION drop_bulk_partition(text, date) FROM PUBLIC;

-- A batch wakes a person only when something holds the person, the place or the area: a join with the open measures,
-- above row-level security. What a kind does not ask about comes as null.
-- One plan for batches of every size: it probes by index, and making a plan took longer than a hundred rows.
CREATE OR REPLACE FUNCTION wake_watched(persons bigint[], places bigint[], areas text[]) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    watched text[];
    concerned bigint[];
BEGIN
    IF areas IS NOT NULL THEN
        SELECT array_agg(a.code) INTO watched
        FROM loop_measure m JOIN registry_area a ON a.id = m.subject
        WHERE m.subject_type = 'area' AND m.state IN ('proposed', 'in_force');
    END IF;
    SELECT array_agg(DISTINCT b.person) INTO concerned
    FROM unnest(persons, places, areas) AS b (person, place, area)
    WHERE b.person IS NOT NULL AND (
        EXISTS (SELECT FROM loop_measure m WHERE m.subject = b.person AND m.subject_type = 'person'
                AND m.state IN ('proposed', 'in_force'))
        OR b.place IS NOT NULL AND EXISTS (
            SELECT FROM loop_measure m WHERE m.subject = b.place AND m.subject_type = 'place'
            AND m.state IN ('proposed', 'in_force'))
        OR watched IS NOT NULL AND EXISTS (SELECT FROM unnest(watched) w WHERE starts_with(b.area, w)));
    IF concerned IS NOT NULL THEN
        INSERT INTO loop_wake (subject_type, subject) SELECT 'person', c FROM unnest(concerned) c;
    END IF;
    RETURN coalesce(cardinality(concerned), 0);
END $$;
DROP FUNCTION IF EXISTS wake_watched(bigint[]);

-- Which of these ids are facts of a bulk kind. An id carries its day: each is looked up in one partition a kind.
CREATE OR REPLACE FUNCTION bulk_facts_among(ids uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
    bulk text;
BEGIN
    FOR bulk IN SELECT relname FROM pg_class WHERE relkind = 'p' AND relname LIKE 'loop\_bulk\_%' LOOP
        RETURN QUERY EXECUTE format(
            'SELECT u FROM unnest($1) u CROSS JOIN LATERAL (SELECT FROM %I f WHERE f.id = u OFFSET 0) f', bulk) USING ids;
    END LOOP;
END $$;

-- Whether any of these ids is a fact of a bulk kind: evidence may be a check-in.
CREATE OR REPLACE FUNCTION is_bulk_fact(ids uuid[]) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT FROM bulk_facts_among(ids)) $$;
