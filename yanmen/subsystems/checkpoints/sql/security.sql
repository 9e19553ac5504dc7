-- Who may see and change the registers of checkpoints. Run after every migration; running it again changes nothing.
-- Where a post stands is on every signboard: everybody with a scope reads it, its own area changes it.

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'checkpoints\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['checkpoints_post'] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM yanmen_app, yanmen_loop', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO yanmen_app', name);
        EXECUTE format('GRANT SELECT ON %I TO yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_reads ON %I FOR SELECT TO yanmen_loop USING (true)', name);
    END LOOP;

    EXECUTE format('CREATE POLICY app_reads ON checkpoints_post FOR SELECT TO yanmen_app USING (%s)', scoped);
    EXECUTE format('CREATE POLICY app_adds ON checkpoints_post FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_edits ON checkpoints_post FOR UPDATE TO yanmen_app USING (%s)', mine);
    GRANT UPDATE (kind, direction, lanes, roads, open_from, open_to) ON checkpoints_post TO yanmen_app;
END $$;

-- The posts, as the edges keep them; null asks for all.
CREATE OR REPLACE FUNCTION edge_posts(places bigint[])
RETURNS TABLE (place bigint, area text, kind text, direction text, open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.place_id, p.area::text, p.kind::text, p.direction::text,
           p.open_from <= now() AND (p.open_to IS NULL OR p.open_to > now())
    FROM checkpoints_post p
    WHERE places IS NULL OR p.place_id = ANY (places)
    ORDER BY p.place_id
$$;
REVOKE EXECUTE ON FUNCTION edge_posts(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION edge_posts(bigint[]) TO yanmen_edge;
