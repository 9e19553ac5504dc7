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

-- The open report of a person, wherever it was made: one case is not reported twice, and who tries is told whom to ask.
CREATE OR REPLACE FUNCTION cases_open_report(of_person bigint, of_disease text)
RETURNS TABLE (key text, area varchar, setting text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(fact.detail ->> 'case', fact.id::text), fact.area, fact.detail ->> 'setting'
    FROM registry_person AS one
    JOIN registry_person AS member ON coalesce(member.same_as_id, member.id) = coalesce(one.same_as_id, one.id)
    JOIN loop_fact AS fact ON fact.person_id = member.id AND fact.kind = 'cases.reported'
    WHERE one.id = of_person AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')
      AND coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') = of_disease
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
      AND NOT EXISTS (SELECT FROM loop_fact AS gone
                      WHERE gone.person_id = member.id AND gone.kind IN ('cases.discharged', 'cases.died')
                        AND gone.occurred_at >= fact.occurred_at
                        AND coalesce(gone.detail ->> 'case', fact.detail ->> 'case') = fact.detail ->> 'case'
                        AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = gone.id))
    ORDER BY fact.occurred_at DESC, fact.id LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION cases_open_report(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_open_report(bigint, text) TO yanmen_app;

-- Line lists hold people: only their own area reads, adds and applies them.
DO $$
DECLARE
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
BEGIN
    REVOKE ALL ON cases_linelistfile FROM yanmen_app, yanmen_loop;
    GRANT SELECT, INSERT, UPDATE ON cases_linelistfile TO yanmen_app;
    GRANT SELECT, DELETE ON cases_linelistfile TO yanmen_loop;
    ALTER TABLE cases_linelistfile ENABLE ROW LEVEL SECURITY;
    CREATE POLICY loop_sees ON cases_linelistfile FOR SELECT TO yanmen_loop USING (true);
    CREATE POLICY loop_forgets ON cases_linelistfile FOR DELETE TO yanmen_loop USING (true);
    EXECUTE format('CREATE POLICY app_keeps ON cases_linelistfile TO yanmen_app USING (%s) WITH CHECK (%s)', mine, mine);
END $$;

-- The report of a case that counts now, wherever it is: a source may be a case of another county.
CREATE OR REPLACE FUNCTION cases_standing_report(of_case uuid)
RETURNS TABLE (area varchar, found_at timestamptz, disease text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE version AS (
        SELECT id, area, occurred_at, detail FROM loop_fact WHERE id = of_case AND kind = 'cases.reported'
        UNION ALL
        SELECT fact.id, fact.area, fact.occurred_at, fact.detail
        FROM version JOIN loop_fact AS fact ON fact.corrects = version.id AND fact.kind = 'cases.reported'
    )
    SELECT version.area, version.occurred_at, coalesce(nullif(version.detail ->> 'disease', ''), 'covid19')
    FROM version
    WHERE NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = version.id)
      AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')
$$;
REVOKE EXECUTE ON FUNCTION cases_standing_report(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_standing_report(uuid) TO yanmen_app;

-- Whether an area answers for a person already, and when a case was first reported: told to whoever hands it over or receives it.
CREATE OR REPLACE FUNCTION cases_person_is_in(of_person bigint, in_area text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry_person WHERE id = of_person AND starts_with(area, in_area))
       AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')
$$;
CREATE OR REPLACE FUNCTION cases_first_told(of_person bigint, of_case text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(fact.recorded_at) FROM loop_fact AS fact
    WHERE fact.person_id = of_person AND fact.kind = 'cases.reported'
      AND coalesce(fact.detail ->> 'case', fact.id::text) = of_case
$$;
REVOKE EXECUTE ON FUNCTION cases_person_is_in(bigint, text), cases_first_told(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_person_is_in(bigint, text), cases_first_told(bigint, text) TO yanmen_app;

-- Where to look for the cases that a list names, and for what was told of them: numbers of facts only, which whoever asks
-- then reads under their own rights. (Conditions on `detail` do not reach an index through row-level security.)
CREATE OR REPLACE FUNCTION cases_reports_named(keys text[], source text, numbers text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1000 AS $$
    SELECT fact.id FROM loop_fact AS fact WHERE fact.kind = 'cases.reported' AND fact.detail ->> 'case' = ANY(keys)
    UNION
    SELECT fact.id FROM loop_fact AS fact
    WHERE fact.kind = 'cases.reported' AND fact.id = ANY(keys::uuid[]) AND fact.detail ->> 'case' IS NULL
    UNION
    SELECT fact.id FROM loop_fact AS fact
    WHERE fact.kind = 'cases.reported' AND fact.detail ? 'number_in_list' AND source <> ''
      AND fact.detail ->> 'list_source' = source AND fact.detail ->> 'number_in_list' = ANY(numbers)
$$;
CREATE OR REPLACE FUNCTION cases_told_of(keys text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1000 AS $$
    SELECT fact.id FROM loop_fact AS fact
    WHERE fact.kind IN ('cases.admitted', 'cases.discharged', 'cases.died', 'cases.source_told')
      AND fact.detail ->> 'case' = ANY(keys)
    UNION
    SELECT fact.id FROM loop_fact AS fact WHERE fact.kind = 'cases.source_told' AND fact.detail ->> 'infector' = ANY(keys)
$$;
REVOKE EXECUTE ON FUNCTION cases_reports_named(text[], text, text[]), cases_told_of(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cases_reports_named(text[], text, text[]), cases_told_of(text[]) TO yanmen_app;
