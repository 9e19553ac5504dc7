-- Who was near whom, from packed days and from stays as they stand. Idempotent.

-- Days on which somebody who overlaps with a stay may have arrived, and whose stays at that place are not packed.
CREATE OR REPLACE FUNCTION tracing_open_days(place bigint, arrived timestamptz, left_at timestamptz) RETURNS SETOF date
LANGUAGE sql STABLE AS $$
    SELECT date '2000-01-01' + number
    FROM generate_series(local_date(arrived - interval '12 hours') - date '2000-01-01', local_date(left_at) - date '2000-01-01') AS number
    WHERE NOT EXISTS (SELECT FROM tracing_packed AS done WHERE done.day = date '2000-01-01' + number)
       OR EXISTS (SELECT FROM tracing_unpacked AS again WHERE again.day = date '2000-01-01' + number AND again.place_id = place)
$$;

-- Who was near whom: a row for each stay of the people asked about, with everybody else's stays at that place around that time,
-- as they are kept: packed (see methods/crowds.py), and loose for days and places not packed. Row-level security holds.
-- One plan for every size: a plan over thirty days costs more than the answer.
CREATE OR REPLACE FUNCTION tracing_near(
    people bigint[], since timestamptz, until timestamptz, together interval, within_area text, with_facts boolean
) RETURNS TABLE (case_id bigint, person_id bigint, place_id bigint, from_at bigint, to_at bigint, fact_id uuid, packed bytea, facts bytea, loose bytea, loose_facts bytea)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    own_cases bigint[]; own_people bigint[]; own_places bigint[]; own_from timestamptz[]; own_to timestamptz[]; own_facts uuid[];
    first_day date; last_day date;
BEGIN
    SELECT array_agg(asked.case_id), array_agg(stay.person_id), array_agg(stay.place_id), array_agg(greatest(stay.arrived, since)),
           array_agg(least(stay.left_at, until)), array_agg(stay.fact_id),
           local_date(min(greatest(stay.arrived, since)) - interval '12 hours'), local_date(max(least(stay.left_at, until)))
    INTO own_cases, own_people, own_places, own_from, own_to, own_facts, first_day, last_day
    FROM (
        SELECT each AS case_id, each AS member FROM unnest(people) AS each
        UNION ALL
        SELECT each, person.same_as_id FROM unnest(people) AS each JOIN registry_person AS person ON person.id = each
        WHERE person.same_as_id IS NOT NULL
    ) AS asked
    JOIN tracing_stay AS stay ON stay.person_id = asked.member
    WHERE stay.arrived >= since - interval '12 hours' AND stay.arrived < until
      AND least(stay.left_at, until) - greatest(stay.arrived, since) >= together
      AND stay.area >= within_area AND stay.area < within_area || '~';
    IF own_cases IS NULL THEN
        RETURN;
    END IF;

    -- A piece is of one day: none begins before the day on which the first who may overlap arrived.
    RETURN QUERY
    SELECT own.case_id, own.person_id, own.place_id, date_part('epoch', own.arrived)::bigint, date_part('epoch', own.left_at)::bigint,
           own.fact_id, crowd.packed, crowd.facts, NULL::bytea, NULL::bytea
    FROM unnest(own_cases, own_people, own_places, own_from, own_to, own_facts)
         AS own (case_id, person_id, place_id, arrived, left_at, fact_id)
    CROSS JOIN LATERAL (
        SELECT string_agg(part.packed, '') AS packed, CASE WHEN with_facts THEN string_agg(part.facts, '') END AS facts
        FROM (VALUES (1, interval '1 hour'), (3, interval '3 hours'), (12, interval '12 hours')) AS kind (longest, lasts)
        CROSS JOIN LATERAL (
            SELECT c.packed, CASE WHEN with_facts THEN c.facts END AS facts FROM tracing_crowd AS c
            WHERE c.place_id = own.place_id AND c.longest = kind.longest
              AND c.first_at >= day_start(local_date(own.arrived + together - kind.lasts)) AND c.first_at <= own.left_at - together
              AND c.last_at >= own.arrived + together - kind.lasts
              AND c.area >= within_area AND c.area < within_area || '~'
            OFFSET 0
        ) AS part
    ) AS crowd
    WHERE crowd.packed IS NOT NULL;

    -- Days that are not packed, and places that changed since: the stays as they stand, in the same snapshot.
    IF (SELECT count(*) FROM tracing_packed AS done WHERE done.day BETWEEN first_day AND last_day) = last_day - first_day + 1
       AND NOT EXISTS (
           SELECT FROM tracing_unpacked AS again
           WHERE again.day BETWEEN first_day AND last_day AND again.place_id = ANY (own_places)
       ) THEN
        RETURN;
    END IF;
    SELECT array_agg(own.case_id), array_agg(own.person_id), array_agg(own.place_id), array_agg(own.arrived), array_agg(own.left_at),
           array_agg(own.fact_id)
    INTO own_cases, own_people, own_places, own_from, own_to, own_facts
    FROM unnest(own_cases, own_people, own_places, own_from, own_to, own_facts)
         AS own (case_id, person_id, place_id, arrived, left_at, fact_id)
    WHERE EXISTS (SELECT FROM tracing_open_days(own.place_id, own.arrived, own.left_at));

    IF own_cases IS NOT NULL THEN
        RETURN QUERY
        SELECT own.case_id, own.person_id, own.place_id, date_part('epoch', own.arrived)::bigint, date_part('epoch', own.left_at)::bigint,
               own.fact_id, NULL::bytea, NULL::bytea, few.packed, few.facts
        FROM unnest(own_cases, own_people, own_places, own_from, own_to, own_facts)
             AS own (case_id, person_id, place_id, arrived, left_at, fact_id)
        CROSS JOIN LATERAL (
            SELECT string_agg(int8send(stay.person_id) || int8send(date_part('epoch', stay.arrived)::bigint)
                              || int4send(date_part('epoch', stay.left_at - stay.arrived)::integer), '') AS packed,
                   CASE WHEN with_facts THEN string_agg(uuid_send(stay.fact_id), '') END AS facts
            FROM tracing_open_days(own.place_id, own.arrived, own.left_at) AS open (day)
            CROSS JOIN LATERAL (
                SELECT s.person_id, s.arrived, s.left_at, s.fact_id FROM tracing_stay AS s
                WHERE s.place_id = own.place_id AND s.arrived >= day_start(open.day) AND s.arrived < day_start(open.day + 1)
                  AND s.arrived >= own.arrived - interval '12 hours' AND s.arrived <= own.left_at - together
                  AND s.left_at >= own.arrived + together
                  AND s.area >= within_area AND s.area < within_area || '~'
                OFFSET 0
            ) AS stay
        ) AS few
        WHERE few.packed IS NOT NULL;
    END IF;
END $$;
