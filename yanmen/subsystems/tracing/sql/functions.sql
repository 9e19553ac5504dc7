-- Days of the stays: partitions made on demand and dropped as a whole. Idempotent. They run as the owner.

-- Attached, not created in place: nobody who reads or writes other days has to wait.
CREATE OR REPLACE FUNCTION tracing_make_day(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := 'tracing_stay_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass('public.' || part) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(part, 0));
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = part AND relnamespace = 'public'::regnamespace) THEN
        EXECUTE format('CREATE TABLE %I (LIKE tracing_stay INCLUDING ALL)', part);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE tracing_stay ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       part, day_start(day), day_start(day + 1));
    END IF;
END $$;

-- Drops every day up to and with this one. The facts that the stays came from leave signed receipts of their own.
CREATE OR REPLACE FUNCTION tracing_drop_days(last date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text;
    gone integer := 0;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'tracing_stay'::regclass AND to_date(right(c.relname, 8), 'YYYYMMDD') <= last LOOP
        EXECUTE format('DROP TABLE %I', part);
        gone := gone + 1;
    END LOOP;
    IF gone > 0 THEN
        DELETE FROM tracing_crowd WHERE day <= last;
        DELETE FROM tracing_packed WHERE day <= last;
        DELETE FROM tracing_unpacked WHERE day <= last;
    END IF;
    RETURN gone;
END $$;

-- Who was near whom: a row for each stay of the people asked about, with everybody else's stays at that place around that time,
-- as they are kept: packed (see methods/crowds.py), and loose for days and places not packed. Row-level security holds.
-- One plan for every size: a plan over thirty days costs more than the answer.
CREATE OR REPLACE FUNCTION tracing_near(
    people bigint[], since timestamptz, until timestamptz, together interval, within_area text, with_facts boolean
) RETURNS TABLE (case_id bigint, person_id bigint, place_id bigint, from_at bigint, to_at bigint, fact_id uuid, packed bytea, facts bytea, loose bytea, loose_facts bytea)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH own AS MATERIALIZED (
        SELECT asked.case_id, stay.person_id, stay.place_id, greatest(stay.arrived, since) AS arrived, least(stay.left_at, until) AS left_at, stay.fact_id
        FROM (
            SELECT each AS case_id, each AS member FROM unnest(people) AS each
            UNION ALL
            SELECT each, person.same_as_id FROM unnest(people) AS each JOIN registry_person AS person ON person.id = each
            WHERE person.same_as_id IS NOT NULL
        ) AS asked
        JOIN tracing_stay AS stay ON stay.person_id = asked.member
        WHERE stay.arrived >= since - interval '12 hours' AND stay.arrived < until
          AND least(stay.left_at, until) - greatest(stay.arrived, since) >= together
          AND stay.area >= within_area AND stay.area < within_area || '~'
    )
    SELECT own.case_id, own.person_id, own.place_id, date_part('epoch', own.arrived)::bigint, date_part('epoch', own.left_at)::bigint, own.fact_id,
           crowd.packed, crowd.facts, few.packed, few.facts
    FROM own
    CROSS JOIN LATERAL (
        SELECT string_agg(part.packed, '') AS packed, CASE WHEN with_facts THEN string_agg(part.facts, '') END AS facts
        FROM (VALUES (1), (3), (12)) AS kind (longest)
        CROSS JOIN LATERAL generate_series(
            local_date(own.arrived - make_interval(hours => kind.longest)) - date '2000-01-01', local_date(own.left_at) - date '2000-01-01'
        ) AS number
        CROSS JOIN LATERAL (
            SELECT c.packed, CASE WHEN with_facts THEN c.facts END AS facts FROM tracing_crowd AS c
            WHERE c.place_id = own.place_id AND c.day = date '2000-01-01' + number AND c.longest = kind.longest
              AND c.first_at <= own.left_at - together AND c.last_at >= own.arrived + together - make_interval(hours => kind.longest)
              AND c.area >= within_area AND c.area < within_area || '~'
            OFFSET 0
        ) AS part
    ) AS crowd
    CROSS JOIN LATERAL (
        SELECT string_agg(int8send(stay.person_id) || int8send(date_part('epoch', stay.arrived)::bigint)
                          || int4send(date_part('epoch', stay.left_at - stay.arrived)::integer), '') AS packed,
               CASE WHEN with_facts THEN string_agg(uuid_send(stay.fact_id), '') END AS facts
        FROM (
            SELECT date '2000-01-01' + number AS day
            FROM generate_series(local_date(own.arrived - interval '12 hours') - date '2000-01-01', local_date(own.left_at) - date '2000-01-01') AS number
            WHERE NOT EXISTS (SELECT FROM tracing_packed AS done WHERE done.day = date '2000-01-01' + number)
               OR EXISTS (SELECT FROM tracing_unpacked AS again
                          WHERE again.day = date '2000-01-01' + number AND again.place_id = own.place_id)
            OFFSET 0
        ) AS open
        CROSS JOIN LATERAL (
            SELECT s.person_id, s.arrived, s.left_at, s.fact_id FROM tracing_stay AS s
            WHERE s.place_id = own.place_id AND s.arrived >= day_start(open.day) AND s.arrived < day_start(open.day + 1)
              AND s.arrived >= own.arrived - interval '12 hours' AND s.arrived <= own.left_at - together
              AND s.left_at >= own.arrived + together
              AND s.area >= within_area AND s.area < within_area || '~'
            OFFSET 0
        ) AS stay
    ) AS few;
END $$;
