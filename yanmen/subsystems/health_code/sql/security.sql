-- Who may see papers and documents, what people see of themselves, and what edges may ask. Run after every migration.

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'
                    AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')$q$;
    my_person text := $q$nullif(current_setting('yanmen.person', true), '')::bigint$q$;
    not_self text := $q$(SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self'$q$;
    is_self text := $q$(SELECT current_setting('yanmen.purpose', true)) = 'self'$q$;
    operates text := $q$current_setting('yanmen.purpose', true) = 'operation'$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'health\_code\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['health_code_papercode', 'health_code_publication'] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM yanmen_app, yanmen_loop', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO yanmen_app', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;

    EXECUTE format('CREATE POLICY app_reads ON health_code_papercode FOR SELECT TO yanmen_app USING (%s)', mine);
    EXECUTE format('CREATE POLICY app_issues ON health_code_papercode FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_revokes ON health_code_papercode FOR UPDATE TO yanmen_app USING (%s)', mine);
    EXECUTE format('CREATE POLICY self_never ON health_code_papercode AS RESTRICTIVE TO yanmen_app USING (%s)', not_self);
    GRANT UPDATE (revoked_at, revoked_by, revoked_reason) ON health_code_papercode TO yanmen_app;
    -- What is past its retention is deleted by the worker alone.
    GRANT SELECT, DELETE ON health_code_papercode TO yanmen_loop;
    CREATE POLICY loop_reads ON health_code_papercode FOR SELECT TO yanmen_loop USING (true);
    CREATE POLICY loop_forgets ON health_code_papercode FOR DELETE TO yanmen_loop USING (true);

    -- What is published is for everybody; the program itself publishes.
    EXECUTE 'CREATE POLICY app_reads ON health_code_publication FOR SELECT TO yanmen_app USING (true)';
    EXECUTE format('CREATE POLICY app_publishes ON health_code_publication FOR INSERT TO yanmen_app WITH CHECK (%s)', operates);
    EXECUTE format('CREATE POLICY app_forgets ON health_code_publication FOR DELETE TO yanmen_app USING (%s)', operates);
    GRANT DELETE ON health_code_publication TO yanmen_app;

    -- People who ask for themselves see their own facts, wherever they were recorded, and nobody else's.
    EXECUTE format('CREATE POLICY self_reads ON loop_fact FOR SELECT TO yanmen_app USING (%s AND person_id = %s)', is_self, my_person);
    EXECUTE format('CREATE POLICY self_only ON loop_fact AS RESTRICTIVE TO yanmen_app USING (%s OR person_id = %s)', not_self, my_person);
    FOREACH name IN ARRAY ARRAY['loop_measure', 'loop_task', 'loop_status', 'loop_event'] LOOP
        EXECUTE format('CREATE POLICY self_only ON %I AS RESTRICTIVE TO yanmen_app
                        USING (%s OR subject_type = ''area'' OR subject_type = ''person'' AND subject = %s)', name, not_self, my_person);
    END LOOP;
    EXECUTE format('CREATE POLICY self_never ON loop_alarm AS RESTRICTIVE FOR SELECT TO yanmen_app USING (%s)', not_self);
    FOR name IN SELECT relname FROM pg_class WHERE relkind = 'p' AND relname LIKE 'loop\_bulk\_%' LOOP
        EXECUTE format('CREATE POLICY self_only ON %I AS RESTRICTIVE TO yanmen_app USING (%s OR person_id = %s)',
                       name, not_self, my_person);
    END LOOP;
END $$;

-- The documents that edges serve: the newest of each name.
CREATE OR REPLACE FUNCTION edge_documents() RETURNS TABLE (name text, body bytea, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT ON (p.name) p.name::text, p.body, p.at FROM health_code_publication p ORDER BY p.name, p.seq DESC
$$;
REVOKE EXECUTE ON FUNCTION edge_documents() FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yanmen_edge') THEN
        GRANT EXECUTE ON FUNCTION edge_documents() TO yanmen_edge;
    END IF;
END $$;

-- Health codes: all that differ from green (after = 0), or those that changed since. Who was found to be the same person
-- as another has the code of that other, under each number that a telephone or paper may still carry; who was found to be
-- the same person since, or no longer is, is told anew.
CREATE OR REPLACE FUNCTION edge_statuses(after bigint) RETURNS TABLE (person bigint, value text, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH changed AS (
        SELECT coalesce(p.same_as_id, s.subject) AS root, max(s.version) AS version
        FROM loop_status s LEFT JOIN registry_person p ON p.id = s.subject
        WHERE s.subject_type = 'person' AND s.status = 'health_code' AND s.version > after
        GROUP BY 1
        UNION ALL
        SELECT coalesce(p.same_as_id, p.id), max(o.seq)
        FROM loop_outbox o CROSS JOIN LATERAL jsonb_array_elements_text(o.body -> 'regrouped') AS member (id)
        JOIN registry_person p ON p.id = member.id::bigint
        WHERE after > 0 AND o.seq > after AND o.topic = 'loop.turned' AND jsonb_exists(o.body, 'regrouped')
        GROUP BY 1
    )
    SELECT number.person, coalesce(s.value, 'green'), max(c.version)
    FROM changed c
    LEFT JOIN loop_status s ON s.subject = c.root AND s.subject_type = 'person' AND s.status = 'health_code'
    CROSS JOIN LATERAL (
        SELECT c.root AS person UNION ALL SELECT p.id FROM registry_person p WHERE p.same_as_id = c.root
    ) number
    GROUP BY number.person, s.value
    ORDER BY 3, number.person
$$;
REVOKE EXECUTE ON FUNCTION edge_statuses(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION edge_statuses(bigint) TO yanmen_edge;

-- A decision that two records are one person, or are not, is told like a turn: the edges ask for these people's codes at once.
CREATE OR REPLACE FUNCTION health_code_tell_regrouped() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM outbox_put('loop.turned', jsonb_build_object('regrouped', jsonb_agg(p.id ORDER BY p.id)),
                       coalesce(NEW.undone_at, NEW.at))
    FROM registry_person p
    WHERE coalesce(p.same_as_id, p.id) IN (
        SELECT coalesce(d.same_as_id, d.id) FROM registry_person d WHERE d.id IN (NEW.left_id, NEW.right_id));
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION health_code_tell_regrouped() FROM PUBLIC;
-- By name after `registry_decision_regroups`, which says first who is one person now.
CREATE OR REPLACE TRIGGER tell_regrouped AFTER INSERT OR UPDATE ON registry_matchdecision
    FOR EACH ROW EXECUTE FUNCTION health_code_tell_regrouped();

-- Devices that are shut out are told to the edges as the register has them: nobody shuts out a device by telling so.
CREATE OR REPLACE FUNCTION tell_revoked(numbers bigint[], moment timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT outbox_put('devices.revoked', jsonb_build_object('devices', jsonb_agg(d.id ORDER BY array_position(numbers, d.id))),
                      moment)
    FROM registry_device d WHERE d.id = ANY (numbers) AND d.revoked_at IS NOT NULL HAVING count(*) > 0
$$;
REVOKE EXECUTE ON FUNCTION tell_revoked(bigint[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_revoked(bigint[], timestamptz) TO yanmen_app;
