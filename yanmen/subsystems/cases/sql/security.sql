-- Who may see and change the registers of cases. Run after every migration; running it again changes nothing.
-- Daily reports are published by the health commissions: everybody with a scope reads them, their own area adds them.

DO $$
DECLARE
    old record;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND tablename LIKE 'cases\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    REVOKE ALL ON cases_bulletin, cases_bulletinitem FROM yanmen_app, yanmen_loop;
    GRANT SELECT, INSERT ON cases_bulletin, cases_bulletinitem TO yanmen_app;
    GRANT UPDATE (withdrawn_at, withdrawn_by, withdrawn_reason, facts) ON cases_bulletin TO yanmen_app;
    GRANT SELECT ON cases_bulletin, cases_bulletinitem TO yanmen_loop;
    ALTER TABLE cases_bulletin ENABLE ROW LEVEL SECURITY;
    ALTER TABLE cases_bulletinitem ENABLE ROW LEVEL SECURITY;
    CREATE POLICY loop_reads ON cases_bulletin FOR SELECT TO yanmen_loop USING (true);
    CREATE POLICY loop_reads ON cases_bulletinitem FOR SELECT TO yanmen_loop USING (true);
    EXECUTE format('CREATE POLICY app_reads ON cases_bulletin FOR SELECT TO yanmen_app USING (%s)', scoped);
    EXECUTE format('CREATE POLICY app_adds ON cases_bulletin FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_withdraws ON cases_bulletin FOR UPDATE TO yanmen_app USING (%s AND withdrawn_at IS NULL)
                    WITH CHECK (%s)', mine, mine);
    EXECUTE format('CREATE POLICY app_reads ON cases_bulletinitem FOR SELECT TO yanmen_app USING (%s)', scoped);
    CREATE POLICY app_adds ON cases_bulletinitem FOR INSERT TO yanmen_app WITH CHECK (
        EXISTS (SELECT FROM cases_bulletin AS bulletin WHERE bulletin.id = bulletin_id AND bulletin.withdrawn_at IS NULL));
END $$;
