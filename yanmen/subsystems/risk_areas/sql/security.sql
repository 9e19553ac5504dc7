-- Who may see and change the key-area lists. Run after every migration; running it again changes nothing.
-- Lists are for everybody with a scope. Receivers and deliveries belong to their area and to those above it.

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
    of_list text := 'EXISTS (SELECT FROM risk_areas_keyarealist AS whole WHERE whole.id = list_id AND ' ||
        replace(mine, 'area COLLATE', 'whole.area COLLATE') || ')';
    of_delivery text := 'EXISTS (SELECT FROM risk_areas_delivery AS whole WHERE whole.id = delivery_id)';
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'risk\_areas\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['risk_areas_keyarealist', 'risk_areas_keyarea', 'risk_areas_receiver',
                                'risk_areas_delivery', 'risk_areas_attempt'] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM yanmen_app, yanmen_loop', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO yanmen_app', name);
        EXECUTE format('GRANT SELECT ON %I TO yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_reads ON %I FOR SELECT TO yanmen_loop USING (true)', name);
    END LOOP;

    EXECUTE format('CREATE POLICY app_reads ON risk_areas_keyarealist FOR SELECT TO yanmen_app USING (%s)', scoped);
    EXECUTE format('CREATE POLICY app_adds ON risk_areas_keyarealist FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_reads ON risk_areas_keyarea FOR SELECT TO yanmen_app USING (%s)', scoped);
    EXECUTE format('CREATE POLICY app_adds ON risk_areas_keyarea FOR INSERT TO yanmen_app WITH CHECK (%s)', of_list);

    EXECUTE format('CREATE POLICY app_reads ON risk_areas_receiver FOR SELECT TO yanmen_app USING (%s)', mine);
    EXECUTE format('CREATE POLICY app_adds ON risk_areas_receiver FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_closes ON risk_areas_receiver FOR UPDATE TO yanmen_app USING (%s)', mine);
    GRANT UPDATE (closed_at) ON risk_areas_receiver TO yanmen_app;

    EXECUTE format('CREATE POLICY app_reads ON risk_areas_delivery FOR SELECT TO yanmen_app USING (%s)', mine);
    EXECUTE format('CREATE POLICY app_adds ON risk_areas_delivery FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_marks ON risk_areas_delivery FOR UPDATE TO yanmen_app USING (%s)', mine);
    GRANT UPDATE (attempts, next_attempt_at, delivered_at, acknowledged_at, acknowledged_by) ON risk_areas_delivery TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON risk_areas_attempt FOR SELECT TO yanmen_app USING (%s)', of_delivery);
    EXECUTE format('CREATE POLICY app_adds ON risk_areas_attempt FOR INSERT TO yanmen_app WITH CHECK (%s)', of_delivery);
END $$;
