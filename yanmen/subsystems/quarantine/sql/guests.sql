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

-- The same, a row a person: until when the asker may know of them.
CREATE OR REPLACE FUNCTION quarantine_people_known(asked bigint[])
RETURNS TABLE (person bigint, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT known.person, max(coalesce(known.ended_at, 'infinity')) FROM quarantine_stays_known(asked) AS known GROUP BY known.person
$$;
REVOKE EXECUTE ON FUNCTION quarantine_people_known(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_people_known(bigint[]) TO yanmen_app, yanmen_loop;

-- Every stage of every measure that some guests were under during a stay, on the calendar.
CREATE OR REPLACE FUNCTION quarantine_guest_stages(asked bigint[])
RETURNS TABLE (person bigint, measure bigint, rule text, kind text, reason text, state text, over_hold boolean, count_from date, last_day date,
               known_on date, ended_at timestamptz, end_reason text, place text, first date, last date, is_last boolean, marks jsonb, source jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH known AS MATERIALIZED (SELECT * FROM quarantine_people_known(asked))
    SELECT m.subject, m.id, m.rule, m.kind, m.reason, m.state, m.over_hold, m.count_from, m.last_day, m.known_on, m.ended_at, m.end_reason,
           s.place, m.count_from + s.from_day, m.count_from + s.to_day, s.is_last, s.marks, e.body -> 'source'
    FROM known
    JOIN loop_measure m ON m.subject_type = 'person' AND m.subject = known.person AND m.imposed_at <= known.until
    JOIN loop_edition e ON e.id = m.edition_id
    JOIN loop_edition_stage s ON s.edition_id = m.edition_id
    WHERE s.place <> ''
    ORDER BY m.subject, m.id, s.ordinal
$$;
REVOKE EXECUTE ON FUNCTION quarantine_guest_stages(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guest_stages(bigint[]) TO yanmen_app, yanmen_loop;

-- What some guests owe or have done: tasks of their measures.
CREATE OR REPLACE FUNCTION quarantine_guest_tasks(asked bigint[])
RETURNS TABLE (person bigint, task bigint, measure bigint, kind text, opens_at timestamptz, due_at timestamptz, state text, done_by uuid, closed_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH known AS MATERIALIZED (SELECT * FROM quarantine_people_known(asked))
    SELECT t.subject, t.id, t.measure_id, t.kind, t.opens_at, t.due_at, t.state, t.done_by, t.closed_at
    FROM known
    JOIN loop_task t ON t.subject_type = 'person' AND t.subject = known.person AND t.opens_at <= known.until
    WHERE t.state <> 'cancelled'
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
    WITH known AS MATERIALIZED (SELECT * FROM quarantine_people_known($1))
    SELECT test.person_id, test.id, test.result, test.method, test.occurred_at, test.recorded_at
    FROM known
    JOIN known_tests($3) AS test ON test.person_id = known.person AND test.occurred_at <= known.until
    WHERE test.person_id = ANY ($1)  -- again, as a constant: each part is read by its index of persons
      AND test.id >= first_id_of($2 - 1) AND test.occurred_at >= day_start($2)
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
      AND found.person_id IN (SELECT known.person FROM quarantine_people_known($1) AS known WHERE known.until = 'infinity');
END $$;
REVOKE EXECUTE ON FUNCTION quarantine_guest_links(bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guest_links(bigint[], timestamptz) TO yanmen_app, yanmen_loop;

-- The stages of every edition: how strict their place is, which kind of site serves it, which kinds serve it in place of that.
-- What places there are stands in the packs: names, ranks and kinds of site in the same order ('' where none serves it).
CREATE OR REPLACE FUNCTION quarantine_stages(names text[], ranks bigint[], kinds text[])
RETURNS TABLE (stage bigint, edition bigint, place text, from_day integer, to_day integer, is_last boolean, rank bigint, own text, serves text[], voluntary text)
LANGUAGE sql STABLE AS $$
    SELECT s.id, s.edition_id, s.place, s.from_day, s.to_day, s.is_last,
           coalesce((SELECT p.rank FROM unnest(names, ranks) AS p (name, rank) WHERE p.name = s.place), 0),
           coalesce((SELECT p.kind FROM unnest(names, kinds) AS p (name, kind) WHERE p.name = s.place), ''),
           ARRAY(SELECT p.kind FROM unnest(names, kinds) AS p (name, kind)
                 WHERE p.kind <> '' AND p.name IN (s.place, s.marks ->> 'fallback_place', s.marks ->> 'voluntary_place')),
           coalesce(s.marks ->> 'voluntary_place', '')
    FROM loop_edition_stage s WHERE s.place <> ''
$$;
GRANT EXECUTE ON FUNCTION quarantine_stages(text[], bigint[], text[]) TO yanmen_app, yanmen_loop;

-- Of every guest of the asker's sites (or of one): whether the strictest place of their measures today, and tomorrow, is one that the site serves.
-- Of several as strict the one that lasts longest counts. Nothing where no measure wants them anywhere.
CREATE OR REPLACE FUNCTION quarantine_guests_served(of_site bigint, today date, names text[], ranks bigint[], kinds text[])
RETURNS TABLE (stay bigint, served boolean, served_tomorrow boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 20000 AS $$
    WITH here AS MATERIALIZED (
        SELECT s.id, s.person_id, h.kind
        FROM quarantine_stay s JOIN quarantine_site h ON h.place_id = s.site_id
        WHERE s.state = 'admitted' AND in_scope(s.area) AND (of_site IS NULL OR s.site_id = of_site)
          AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
    ), stage AS MATERIALIZED (
        SELECT * FROM quarantine_stages(names, ranks, kinds)
    ), held AS (
        SELECT here.id, m.count_from + stage.from_day AS first, coalesce(m.count_from + stage.to_day, 'infinity') AS last,
               ARRAY[stage.rank, CASE WHEN stage.to_day IS NULL THEN 10000000 ELSE m.count_from + stage.to_day - date '2000-01-01' END, -m.id,
                     (here.kind = ANY (stage.serves))::integer] AS how
        FROM here
        JOIN loop_measure m ON m.subject_type = 'person' AND m.subject = here.person_id AND m.state IN ('in_force', 'completed')
        JOIN stage ON stage.edition = m.edition_id
    ), strictest AS (
        SELECT held.id, max(held.how) FILTER (WHERE today BETWEEN held.first AND held.last) AS today,
               max(held.how) FILTER (WHERE today + 1 BETWEEN held.first AND held.last) AS tomorrow
        FROM held GROUP BY held.id
    )
    SELECT here.id, strictest.today[4] = 1, strictest.tomorrow[4] = 1 FROM here LEFT JOIN strictest ON strictest.id = here.id
$$;
REVOKE EXECUTE ON FUNCTION quarantine_guests_served(bigint, date, text[], bigint[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guests_served(bigint, date, text[], bigint[], text[]) TO yanmen_app, yanmen_loop;

-- Of every guest of the asker's sites (or of one) who owes tests of these kinds: how many that were missed or are due today.
CREATE OR REPLACE FUNCTION quarantine_guests_tests(of_site bigint, today date, known_at timestamptz, wanted text[])
RETURNS TABLE (stay bigint, tests bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 5000 AS $$
    SELECT s.id, count(*)
    FROM quarantine_stay s
    JOIN loop_task t ON t.subject_type = 'person' AND t.subject = s.person_id
    JOIN loop_measure m ON m.id = t.measure_id AND m.state IN ('in_force', 'completed')
    WHERE s.state = 'admitted' AND in_scope(s.area) AND (of_site IS NULL OR s.site_id = of_site)
      AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
      AND t.state IN ('open', 'failed') AND t.kind = ANY (wanted) AND (t.opens_at < day_start(today + 1) OR t.state = 'failed' OR t.due_at <= known_at)
      AND EXISTS (SELECT FROM loop_edition_stage stage WHERE stage.edition_id = m.edition_id AND stage.place <> '')
    GROUP BY s.id
$$;
REVOKE EXECUTE ON FUNCTION quarantine_guests_tests(bigint, date, timestamptz, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_guests_tests(bigint, date, timestamptz, text[]) TO yanmen_app, yanmen_loop;

-- Stays of the asker's sites (or of one) that ended since a moment while a measure in force still asked for such a site.
CREATE OR REPLACE FUNCTION quarantine_left_early(
    of_site bigint, today date, since timestamptz, look_back integer, ways text[], names text[], ranks bigint[], kinds text[])
RETURNS TABLE (stay bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 100 AS $$
    WITH stage AS MATERIALIZED (
        SELECT * FROM quarantine_stages(names, ranks, kinds)
    ), gone AS MATERIALIZED (
        SELECT s.id, s.person_id, s.ended_at, local_date(s.ended_at) AS ended_on, h.kind
        FROM quarantine_stay s JOIN quarantine_site h ON h.place_id = s.site_id
        WHERE s.state = 'left' AND s.why = ANY (ways) AND s.ended_at >= since AND in_scope(s.area) AND (of_site IS NULL OR s.site_id = of_site)
          AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
    )
    SELECT DISTINCT gone.id
    FROM gone
    JOIN loop_measure m ON m.subject_type = 'person' AND m.subject = gone.person_id AND m.state = 'in_force'
     AND m.known_on <= gone.ended_on AND m.imposed_at <= gone.ended_at
    JOIN stage ON stage.edition = m.edition_id AND gone.kind = ANY (stage.serves)
    WHERE m.count_from + stage.from_day <= gone.ended_on
      AND (stage.to_day IS NULL OR m.count_from + stage.to_day >= greatest(gone.ended_on, today - look_back))
$$;
REVOKE EXECUTE ON FUNCTION quarantine_left_early(bigint, date, timestamptz, integer, text[], text[], bigint[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_left_early(bigint, date, timestamptz, integer, text[], text[], bigint[], text[]) TO yanmen_app, yanmen_loop;
