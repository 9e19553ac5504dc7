-- Who may see and change the registers of venues. Run after every migration; running it again changes nothing.
--
-- yanmen_app   registers venues and keeps notes in its area. Policy numbers, judgings, counted days and hints it only reads.
-- yanmen_loop  writes those: no request can make a claimed check-in count.
-- yanmen_edge  asks edge_venues.

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'venues\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['venues_venue', 'venues_norm', 'venues_judging', 'venues_note', 'venues_day', 'venues_roll', 'venues_hint'] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM yanmen_app, yanmen_loop', name);
        EXECUTE format('GRANT SELECT ON %I TO yanmen_app, yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true) WITH CHECK (true)', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['venues_norm', 'venues_judging', 'venues_roll'] LOOP
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, scoped);
    END LOOP;
    GRANT INSERT, UPDATE ON venues_day TO yanmen_loop;
    GRANT INSERT, DELETE ON venues_hint TO yanmen_loop;
    FOREACH name IN ARRAY ARRAY['venues_venue', 'venues_note', 'venues_day', 'venues_hint'] LOOP
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, mine);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['venues_venue', 'venues_note'] LOOP
        EXECUTE format('GRANT INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s)', name, mine);
    END LOOP;
END $$;

GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO yanmen_app, yanmen_loop;

-- When visits to some venues of the asker's area began and ended, and nothing of whose they were: for counting people.
CREATE OR REPLACE FUNCTION venues_visits(places bigint[], from_at timestamptz, to_at timestamptz, known_at timestamptz)
RETURNS TABLE (place bigint, entered_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.place_id, s.occurred_at,
           venues_stay_end(
               s.occurred_at,
               (SELECT min(n.occurred_at) FROM venues_counted(known_at) n
                WHERE n.person_id = s.person_id AND n.occurred_at > s.occurred_at
                  AND n.occurred_at <= s.occurred_at + interval '12 hours'),
               venues_left_at(s.person_id, s.place_id, s.occurred_at, known_at),
               venues_minutes(s.place_id, local_date(s.occurred_at)))
    FROM venues_counted(known_at) s
    WHERE s.place_id = ANY (places) AND in_scope(s.area)
      AND s.occurred_at > from_at - interval '12 hours' AND s.occurred_at <= to_at
$$;

REVOKE EXECUTE ON FUNCTION venues_visits(bigint[], timestamptz, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION venues_visits(bigint[], timestamptz, timestamptz, timestamptz) TO yanmen_app;

-- The venues, as the edges keep them; null asks for all.
CREATE OR REPLACE FUNCTION edge_venues(places bigint[])
RETURNS TABLE (place bigint, area text, kind text, seed bytea, stay_minutes int, capacity int,
               longitude float8, latitude float8, open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT v.place_id, v.area::text, v.kind::text, v.seed, venues_minutes(v.place_id, local_date(told_at())), v.capacity,
           p.longitude, p.latitude, v.closed_at IS NULL
    FROM venues_venue v JOIN registry_place p ON p.id = v.place_id
    WHERE places IS NULL OR v.place_id = ANY (places)
    ORDER BY v.place_id
$$;
REVOKE EXECUTE ON FUNCTION edge_venues(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION edge_venues(bigint[]) TO yanmen_edge;
