-- Who may see and change the registers of the grid. Run after every migration; running it again changes nothing.
--
-- yanmen_app   an area's own, for purposes that may see people. Forms that an area above asks for are seen by those who fill them.
--              What was said of a household (grid_edit) is added to and never changed.
-- yanmen_loop  deletes what is past its time.

DO $$
DECLARE
    old record;
    name text;
    people text := $q$(SELECT nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self'))$q$;
    mine text := format($q$(in_scope(area) AND %s)$q$, people);
    above text := $q$(nullif(current_setting('yanmen.area', true), '') IS NOT NULL
                      AND (in_scope(area) OR starts_with(current_setting('yanmen.area', true), area)))$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND tablename LIKE 'grid\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'grid\_%' LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, yanmen_app, yanmen_loop, yanmen_edge', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name,
                       CASE WHEN name = 'grid_form' THEN above ELSE mine END);
        EXECUTE format($q$CREATE POLICY self_never ON %I AS RESTRICTIVE TO yanmen_app
                       USING ((SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self')$q$, name);
        CONTINUE WHEN name = 'grid_edit';
        EXECUTE format('GRANT UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s) WITH CHECK (%s)', name, mine, mine);
    END LOOP;
END $$;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO yanmen_app, yanmen_loop;
