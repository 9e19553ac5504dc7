-- Who may see and change what tracing derives. Run after every migration; running it again changes nothing.
--
-- yanmen_app   reads stays at places of its area, for purposes that may see people. It writes none.
-- yanmen_loop  derives them from facts.

DO $$
DECLARE
    old record;
    name text;
    -- Selects of their own are asked once a statement, not once a row.
    within text := $q$area COLLATE "C" >= (SELECT nullif(current_setting('yanmen.area', true), ''))
                      AND area COLLATE "C" < (SELECT nullif(current_setting('yanmen.area', true), '') || '~')$q$;
    people text := $q$(SELECT nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self'))$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'tracing\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'tracing\_%' LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, yanmen_app, yanmen_loop, yanmen_edge', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['tracing_stay', 'tracing_look', 'tracing_waiting', 'tracing_crowd', 'tracing_packed', 'tracing_unpacked', 'tracing_finding'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['tracing_stay', 'tracing_crowd'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s AND %s)', name, within, people);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['tracing_packed', 'tracing_unpacked'] LOOP  -- days and places, nobody's presence
        EXECUTE format('GRANT SELECT ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (true)', name);
    END LOOP;
END $$;

-- People asking for themselves learn of nobody's stays, and of no round.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tracing_stay', 'tracing_crowd', 'tracing_stop'] LOOP
        EXECUTE format($q$CREATE POLICY self_never ON %I AS RESTRICTIVE TO yanmen_app
                       USING ((SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self')$q$, name);
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION tracing_make_day(date), tracing_drop_days(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tracing_make_day(date), tracing_drop_days(date) TO yanmen_loop;

-- Follow-up teams and their rounds: the area's own, for purposes that may see people.
DO $$
DECLARE
    name text;
    mine text := $q$in_scope(area) AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')$q$;
BEGIN
    FOREACH name IN ARRAY ARRAY['tracing_team', 'tracing_stop'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('GRANT SELECT, DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true)', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s)', name, mine);
    END LOOP;
END $$;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO yanmen_app, yanmen_loop;

-- Requests of one area to another to trace somebody, a row a hop: seen by the area that asks and the one that is asked, wherever
-- the person is registered. The asked one may see who is meant before it answers for them. `want` is open (oldest first), closed
-- (newest first) or anything else for all; `beyond` is the last row of the page before.
DROP FUNCTION IF EXISTS tracing_requests(uuid, bigint, text, timestamptz);
DROP FUNCTION IF EXISTS tracing_requests(uuid, bigint, text, timestamptz, text, uuid, int);
CREATE FUNCTION tracing_requests(of_help uuid, of_person bigint, side text, known_at timestamptz,
                                 want text DEFAULT 'all', beyond uuid DEFAULT NULL, most int DEFAULT NULL)
RETURNS TABLE (id uuid, help text, hop int, person_id bigint, name text, sex text, born_on date, register_area text, address text,
               household_id bigint, phone_sealed bytea, case_id text, detail jsonb, from_area text, to_area text, asked_at timestamptz,
               asked_by text, stands boolean, accepted_at timestamptz, here boolean, closed_at timestamptz, closed_kind text,
               closing jsonb, due_at timestamptz, task_state text, escalated_to text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (
        SELECT f.*, NOT closed.there AND traced_case_stands(f.detail ->> 'case', known_at) AS stands
        FROM loop_fact f
        CROSS JOIN LATERAL (
            SELECT EXISTS (
                SELECT FROM loop_fact c
                WHERE c.person_id = f.person_id AND c.kind IN ('tracing.help_returned', 'tracing.help_answered')
                  AND c.recorded_at <= known_at
                  AND c.detail ->> 'help' = f.detail ->> 'help' AND c.detail ->> 'hop' = f.detail ->> 'hop'
                  AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = c.id)) AS there
        ) closed
        WHERE f.kind = 'tracing.help_asked' AND f.recorded_at <= known_at
          AND (side <> 'out' AND in_scope(f.area) OR side <> 'in' AND in_scope(f.detail ->> 'from_area'))
          AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
          AND (of_help IS NULL OR f.detail ->> 'help' = of_help::text)
          AND (of_person IS NULL OR f.person_id = of_person)
          AND (beyond IS NULL OR CASE want WHEN 'open' THEN f.id > beyond ELSE f.id < beyond END)
          AND (want <> 'open' OR NOT closed.there AND traced_case_stands(f.detail ->> 'case', known_at))
          AND (want <> 'closed' OR closed.there OR NOT traced_case_stands(f.detail ->> 'case', known_at))
          AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = f.id)
        ORDER BY CASE WHEN want = 'open' THEN f.id END, f.id DESC
        LIMIT most
    )
    SELECT f.id, f.detail ->> 'help', (f.detail ->> 'hop')::int, f.person_id, p.name, p.sex, p.born_on, p.area::text, p.address,
           p.household_id, p.phone_sealed, f.detail ->> 'case', f.detail, f.detail ->> 'from_area', f.detail ->> 'to_area',
           f.recorded_at, f.recorded_by, f.stands,
           taken.recorded_at, (taken.detail ->> 'here')::boolean, closed.recorded_at, closed.kind, closed.detail,
           task.due_at, task.state, task.escalated_to::text
    FROM asked f
    JOIN registry_person p ON p.id = f.person_id
    LEFT JOIN LATERAL (
        SELECT a.recorded_at, a.detail FROM loop_fact a
        WHERE a.person_id = f.person_id AND a.kind = 'tracing.help_accepted' AND a.recorded_at <= known_at
          AND a.detail ->> 'help' = f.detail ->> 'help' AND a.detail ->> 'hop' = f.detail ->> 'hop'
          AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = a.id)
        ORDER BY (a.detail ->> 'here')::boolean DESC NULLS LAST, a.recorded_at LIMIT 1
    ) taken ON true
    LEFT JOIN LATERAL (
        SELECT c.recorded_at, c.kind, c.detail FROM loop_fact c
        WHERE c.person_id = f.person_id AND c.kind IN ('tracing.help_returned', 'tracing.help_answered')
          AND c.recorded_at <= known_at
          AND c.detail ->> 'help' = f.detail ->> 'help' AND c.detail ->> 'hop' = f.detail ->> 'hop'
          AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = c.id)
        ORDER BY c.recorded_at LIMIT 1
    ) closed ON true
    LEFT JOIN LATERAL (
        SELECT t.due_at, t.state, t.escalated_to FROM loop_measure m
        JOIN loop_task t ON t.measure_id = m.id AND t.kind = 'answer_help'
        WHERE m.subject = coalesce(p.same_as_id, p.id) AND m.subject_type = 'person' AND m.kind = 'co_investigation'
          AND m.reason = (f.detail ->> 'help') || ':' || (f.detail ->> 'hop')
        ORDER BY t.due_at LIMIT 1
    ) task ON true
$$;

-- Everybody's calls of one person, so that nobody asks twice: for those who answer for the person or were asked to find them.
DROP FUNCTION IF EXISTS tracing_calls(bigint, timestamptz);
CREATE FUNCTION tracing_calls(of_person bigint, since timestamptz)
RETURNS TABLE (id uuid, at timestamptz, by text, area text, detail jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.id, f.occurred_at, f.recorded_by, f.area::text, f.detail
    FROM registry_person p
    CROSS JOIN LATERAL (SELECT coalesce(p.same_as_id, p.id) AS id) AS root
    JOIN registry_person m ON m.id = root.id OR m.same_as_id = root.id
    JOIN loop_fact f ON f.person_id = m.id AND f.kind = 'tracing.called' AND f.occurred_at >= since
    WHERE p.id = of_person
      AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
      AND (in_scope(p.area) OR EXISTS (
          SELECT FROM loop_fact a WHERE a.person_id = p.id AND a.kind = 'tracing.help_asked'
             AND (in_scope(a.area) OR in_scope(a.detail ->> 'from_area'))
             AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = a.id)))
      AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = f.id)
    ORDER BY f.occurred_at DESC, f.id DESC
$$;
REVOKE EXECUTE ON FUNCTION tracing_requests(uuid, bigint, text, timestamptz, text, uuid, int), tracing_calls(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tracing_requests(uuid, bigint, text, timestamptz, text, uuid, int), tracing_calls(bigint, timestamptz) TO yanmen_app;

-- Stays, at places of the asker's area, of cases of the whole province before they were found, those of their other records included.
-- That one was there, when, and which county reported it is told to who answers for the place; whose stay it was only where the
-- report and the person are the asker's own.
DROP FUNCTION IF EXISTS tracing_case_stays(bigint, timestamptz, timestamptz, timestamptz, int);
CREATE FUNCTION tracing_case_stays(of_place bigint, since timestamptz, until timestamptz, reported_since timestamptz, most int)
RETURNS TABLE (key text, disease text, reported_in text, found_at timestamptz, mine boolean, person bigint, name text,
               fact_id uuid, place bigint, area text, arrived timestamptz, left_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH reported AS MATERIALIZED (
        SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, coalesce(fact.detail ->> 'disease', '') AS disease,
               fact.area::text AS reported_in, fact.occurred_at AS found_at, own.name::text AS name,
               coalesce(own.same_as_id, own.id) AS root, in_scope(fact.area) AND in_scope(own.area) AS mine
        FROM loop_fact AS fact JOIN registry_person AS own ON own.id = fact.person_id
        WHERE fact.kind = 'cases.reported' AND fact.occurred_at >= reported_since
          AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
          AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    )
    SELECT reported.key, reported.disease, CASE WHEN reported.mine THEN reported.reported_in ELSE left(reported.reported_in, 6) END,
           reported.found_at, reported.mine, CASE WHEN reported.mine THEN reported.root END,
           CASE WHEN reported.mine THEN reported.name ELSE '' END,
           stay.fact_id, stay.place_id, stay.area::text, stay.arrived, stay.left_at
    FROM reported
    JOIN registry_person AS member ON member.id = reported.root OR member.same_as_id = reported.root
    JOIN tracing_stay AS stay ON stay.person_id = member.id
    WHERE in_scope(stay.area) AND (of_place IS NULL OR stay.place_id = of_place)
      AND stay.arrived >= since - interval '12 hours' AND stay.arrived < until
      AND stay.left_at > since AND stay.arrived < reported.found_at
    ORDER BY stay.arrived DESC, stay.fact_id
    LIMIT most
$$;
REVOKE EXECUTE ON FUNCTION tracing_case_stays(bigint, timestamptz, timestamptz, timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tracing_case_stays(bigint, timestamptz, timestamptz, timestamptz, int) TO yanmen_app;
