-- Who may see and change what tracing derives. Run after every migration; running it again changes nothing.
--
-- yanmen_app   reads stays at places of its area, for purposes that may see people. It writes none.
-- yanmen_loop  derives them from facts.

DO $$
DECLARE
    old record;
    name text;
    within text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                      AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    people text := $q$nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')$q$;
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
