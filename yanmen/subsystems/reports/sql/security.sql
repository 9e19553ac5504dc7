-- Who may see and change reports. Run after every migration; running it again changes nothing.
-- Reports name nobody: an area and those above it read what it wrote; below, what was published is read. A published report never changes.

DO $$
DECLARE
    old record;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    above text := $q$published_at IS NOT NULL AND starts_with(nullif(current_setting('yanmen.area', true), ''), area)$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND tablename LIKE 'reports\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    REVOKE ALL ON reports_report FROM yanmen_app, yanmen_loop;
    GRANT SELECT, INSERT ON reports_report TO yanmen_app;
    GRANT UPDATE (known_at, digest, content, drafted_at, drafted_by, published_at, published_by) ON reports_report TO yanmen_app;
    GRANT SELECT ON reports_report TO yanmen_loop;
    ALTER TABLE reports_report ENABLE ROW LEVEL SECURITY;
    CREATE POLICY loop_reads ON reports_report FOR SELECT TO yanmen_loop USING (true);
    EXECUTE format('CREATE POLICY app_reads ON reports_report FOR SELECT TO yanmen_app USING ((%s) OR (%s))', mine, above);
    EXECUTE format('CREATE POLICY app_adds ON reports_report FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_edits ON reports_report FOR UPDATE TO yanmen_app USING (%s AND published_at IS NULL)
                    WITH CHECK (%s)', mine, mine);
END $$;
