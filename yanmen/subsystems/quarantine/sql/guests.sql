-- What a site may know of its guests who live elsewhere: the stretches of their measures, what they owe, their results.
-- The bodies are read when they are called: results are kept by screening, and in_scope comes with the loop's security.

SET LOCAL check_function_bodies = off;

-- The storey of a room, by what a fact said of it, else by where the room lies.
CREATE OR REPLACE FUNCTION quarantine_level(site bigint, room bigint, said text) RETURNS smallint
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT floor.level FROM quarantine_floor floor WHERE floor.site_id = $1 AND (floor.name = $3 OR floor.level::text = $3) LIMIT 1),
        (SELECT floor.level FROM quarantine_room own JOIN quarantine_floor floor ON floor.id = own.floor_id WHERE own.id = $2)
    )
$$;
GRANT EXECUTE ON FUNCTION quarantine_level(bigint, bigint, text) TO yanmen_app, yanmen_loop;

-- The stays by which the asker may know of some people: of their own sites, and of people of their own area.
CREATE OR REPLACE FUNCTION quarantine_stays_known(asked bigint[])
RETURNS TABLE (person bigint, admitted_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT stay.person_id, stay.assigned_at, stay.ended_at
    FROM quarantine_stay stay
    WHERE stay.person_id = ANY (asked) AND stay.state <> 'cancelled' AND (in_scope(stay.area) OR in_scope(stay.home_area))
      AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
$$;
REVOKE EXECUTE ON FUNCTION quarantine_stays_known(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_stays_known(bigint[]) TO yanmen_app, yanmen_loop;

-- Every stage of every measure that some guests were under during a stay, on the calendar.
CREATE OR REPLACE FUNCTION quarantine_guest_stages(asked bigint[])
RETURNS TABLE (person bigint, measure bigint, rule text, kind text, reason text, state text, over_hold boolean, count_from date, last_day date,
               known_on date, ended_at timestamptz, end_reason text, place text, first date, last date, is_last boolean, marks jsonb, source jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.subject, m.id, m.rule, m.kind, m.reason, m.state, m.over_hold, m.count_from, m.last_day, m.known_on, m.ended_at, m.end_reason,
           s.place, m.count_from + s.from_day, m.count_from + s.to_day, s.is_last, s.marks, e.body -> 'source'
    FROM loop_measure m
    JOIN loop_edition e ON e.id = m.edition_id
    JOIN loop_edition_stage s ON s.edition_id = m.edition_id
    WHERE m.subject_type = 'person' AND m.subject = ANY (asked) AND s.place <> ''
      AND EXISTS (
          SELECT FROM quarantine_stays_known(asked) AS known
          WHERE known.person = m.subject AND (known.ended_at IS NULL OR m.imposed_at <= known.ended_at)
      )
    ORDER BY m.subject, m.id, s.ordinal
$$;
REVOKE EXECUTE ON FUNCTION quarantine_guest_stages(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guest_stages(bigint[]) TO yanmen_app, yanmen_loop;

-- What some guests owe or have done: tasks of their measures.
CREATE OR REPLACE FUNCTION quarantine_guest_tasks(asked bigint[])
RETURNS TABLE (person bigint, task bigint, measure bigint, kind text, opens_at timestamptz, due_at timestamptz, state text, done_by uuid, closed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.subject, t.id, t.measure_id, t.kind, t.opens_at, t.due_at, t.state, t.done_by, t.closed_at
    FROM loop_task t
    WHERE t.subject_type = 'person' AND t.subject = ANY (asked) AND t.state <> 'cancelled'
      AND EXISTS (
          SELECT FROM quarantine_stays_known(asked) AS known
          WHERE known.person = t.subject AND (known.ended_at IS NULL OR t.opens_at <= known.ended_at)
      )
    ORDER BY t.subject, t.opens_at, t.id
$$;
REVOKE EXECUTE ON FUNCTION quarantine_guest_tasks(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guest_tasks(bigint[]) TO yanmen_app, yanmen_loop;

-- Their results since a day, up to the end of the stay, oldest first.
CREATE OR REPLACE FUNCTION quarantine_guest_results(asked bigint[], since date, known_at timestamptz)
RETURNS TABLE (person bigint, fact uuid, result text, method text, sampled_at timestamptz, told_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT test.person_id, test.id, test.result, test.method, test.occurred_at, test.recorded_at
    FROM known_tests($3) AS test
    WHERE test.person_id = ANY ($1) AND test.id >= first_id_of($2 - 1) AND test.occurred_at >= day_start($2)
      AND EXISTS (
          SELECT FROM quarantine_stays_known($1) AS known
          WHERE known.person = test.person_id AND (known.ended_at IS NULL OR test.occurred_at <= known.ended_at)
      )
    ORDER BY test.person_id, test.occurred_at, test.id;
END $$;
REVOKE EXECUTE ON FUNCTION quarantine_guest_results(bigint[], date, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guest_results(bigint[], date, timestamptz) TO yanmen_app, yanmen_loop;

-- Of contacts of a contact: the contact they are linked to, and how that one's first two tests came out. `negatives` counts both.
CREATE OR REPLACE FUNCTION quarantine_guest_links(asked bigint[], known_at timestamptz)
RETURNS TABLE (person bigint, case_id text, tests bigint, negatives bigint, facts uuid[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT found.person_id, found.detail ->> 'case', two.tests, two.negatives, two.facts
    FROM known_facts($2) AS found
    CROSS JOIN LATERAL (
        SELECT count(*) AS tests, count(*) FILTER (WHERE first.result = 'negative') AS negatives, array_agg(first.id) AS facts
        FROM (
            SELECT test.id, test.result FROM known_tests($2) AS test
            WHERE test.person_id = (found.detail ->> 'linked')::bigint AND test.result IN ('positive', 'negative') AND test.method = 'nat'
              AND test.id >= first_id_of(coalesce((found.detail ->> 'first_exposed')::date, (found.detail ->> 'last_exposed')::date) - 1)
              AND test.occurred_at >= day_start(coalesce((found.detail ->> 'first_exposed')::date, (found.detail ->> 'last_exposed')::date))
            ORDER BY test.occurred_at, test.id LIMIT 2
        ) AS first
    ) AS two
    WHERE found.person_id = ANY ($1) AND found.kind = 'tracing.contact_found' AND found.detail ->> 'degree' = '2'
      AND found.detail ->> 'linked' IS NOT NULL
      AND EXISTS (SELECT FROM quarantine_stays_known($1) AS known WHERE known.person = found.person_id AND known.ended_at IS NULL);
END $$;
REVOKE EXECUTE ON FUNCTION quarantine_guest_links(bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guest_links(bigint[], timestamptz) TO yanmen_app, yanmen_loop;
