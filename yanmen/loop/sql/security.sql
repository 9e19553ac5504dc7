-- Who may do what with the loop's tables. Run after every migration as the owner; running it again changes nothing.
--
-- yanmen_app   records facts and reads what lies in its area. What the loop computes it cannot write: a try
--              changes nothing and leaves an alarm. An unset scope is '' on a pooled connection: it sees no rows.
-- yanmen_loop  runs the turn and sees everything.
-- yanmen_edge  adds bulk facts and reads nothing but the outbox; what it may know it asks of functions named edge_*.

CREATE OR REPLACE FUNCTION in_scope(code text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT code COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
       AND code COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'
$$;

CREATE OR REPLACE FUNCTION keep_alarm(what text, who text, how_many int, about jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE loop_alarm SET count = count + how_many
    WHERE transaction_id = txid_current() AND kind = what AND detail = about;
    IF NOT FOUND THEN
        INSERT INTO loop_alarm (at, kind, actor, count, detail, transaction_id)
        VALUES (clock_timestamp(), what, who, how_many, about, txid_current());
    END IF;
END $$;

-- A statement by anyone but the loop changes nothing; inspection sees who tried, on what, and how often.
CREATE OR REPLACE FUNCTION refuse_write() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    account text := coalesce(nullif(current_setting('yanmen.account', true), ''), '-');
    about jsonb := jsonb_build_object('table', TG_TABLE_NAME, 'act', lower(TG_OP));
BEGIN
    PERFORM keep_alarm('computed_state_written', current_user || ' account:' || account,
                       CASE TG_LEVEL WHEN 'ROW' THEN 1 ELSE 0 END, about);
    IF TG_LEVEL = 'STATEMENT' THEN
        RAISE WARNING '% is computed by the loop and was not changed. Record a fact instead; inspection has been told.', TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    old record;
    name text;
    within text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                      AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    people text := $q$nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' AND tablename LIKE 'loop\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'loop\_%' LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, yanmen_app, yanmen_loop, yanmen_edge', name);
        EXECUTE format('GRANT SELECT ON %I TO yanmen_app', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true) WITH CHECK (true)', name);
    END LOOP;

    -- The history is only ever added to, whoever asks.
    REVOKE UPDATE, DELETE ON loop_event, loop_seal, loop_daily_seal, loop_disposal FROM yanmen_loop;
    REVOKE UPDATE ON loop_outbox FROM yanmen_loop;
    GRANT EXECUTE ON FUNCTION drop_bulk_partition(text, date) TO yanmen_loop;
    REVOKE UPDATE ON loop_fact FROM yanmen_loop;

    -- Facts: recorded under a scope, read within it.
    GRANT INSERT ON loop_fact, loop_wake, loop_alarm TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON loop_fact FOR SELECT TO yanmen_app USING (%s AND %s)', within, people);
    EXECUTE format('CREATE POLICY app_records ON loop_fact FOR INSERT TO yanmen_app WITH CHECK (%s)', scoped);
    EXECUTE 'CREATE POLICY app_wakes ON loop_wake FOR INSERT TO yanmen_app WITH CHECK (true)';
    EXECUTE 'CREATE POLICY app_alarms ON loop_alarm FOR INSERT TO yanmen_app WITH CHECK (true)';
    EXECUTE format('CREATE POLICY app_reads ON loop_alarm FOR SELECT TO yanmen_app USING (%s)', scoped);

    -- That a fact was corrected, though not by what: everybody's to know.
    REVOKE ALL ON loop_corrected FROM PUBLIC, yanmen_app, yanmen_loop, yanmen_edge;
    GRANT SELECT ON loop_corrected TO yanmen_app, yanmen_loop;

    -- Bulk facts: the same border, on the partitioned table. Its partitions are opened to nobody.
    FOR name IN SELECT relname FROM pg_class WHERE relkind = 'p' AND relname LIKE 'loop\_bulk\_%' LOOP
        EXECUTE format('REVOKE UPDATE ON %I FROM yanmen_loop', name);
        EXECUTE format('GRANT INSERT ON %I TO yanmen_app, yanmen_edge', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s AND %s)', name, within, people);
        EXECUTE format('CREATE POLICY app_records ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, scoped);
    END LOOP;

    -- What policy says and what the loop did is everybody's to read.
    FOREACH name IN ARRAY ARRAY['loop_edition', 'loop_edition_stage', 'loop_edition_task', 'loop_rule_state', 'loop_turn',
                                'loop_seal', 'loop_daily_seal', 'loop_disposal'] LOOP
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (true)', name);
    END LOOP;
    -- Of the outbox that a turn was made; what else the edges are told may name people.
    EXECUTE 'CREATE POLICY app_reads ON loop_outbox FOR SELECT TO yanmen_app
             USING (topic = ''loop.turned'' AND NOT jsonb_exists(body, ''regrouped''))';

    -- What the loop computes: read within the area; written by nobody else. Areas' tiers are public.
    FOREACH name IN ARRAY ARRAY['loop_measure', 'loop_event', 'loop_task', 'loop_status'] LOOP
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_reads ON %I TO yanmen_app USING (%s AND %s) WITH CHECK (true)', name, within, people);
        EXECUTE format('CREATE POLICY areas_are_public ON %I FOR SELECT TO yanmen_app USING (subject_type = ''area'')', name);
        EXECUTE format('DROP TRIGGER IF EXISTS refuse_rows ON %I', name);
        EXECUTE format('DROP TRIGGER IF EXISTS refuse_statements ON %I', name);
        EXECUTE format('CREATE TRIGGER refuse_rows BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW
                        WHEN (current_user NOT IN (''yanmen_loop'', ''yanmen_owner'')) EXECUTE FUNCTION refuse_write()', name);
        EXECUTE format('CREATE TRIGGER refuse_statements BEFORE INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT
                        WHEN (current_user NOT IN (''yanmen_loop'', ''yanmen_owner'')) EXECUTE FUNCTION refuse_write()', name);
    END LOOP;
END $$;

-- Whoever waits for work hears of it at commit.
CREATE OR REPLACE FUNCTION ring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY yanmen_wake; RETURN NULL; END $$;
DROP TRIGGER IF EXISTS ring ON loop_wake;
CREATE TRIGGER ring AFTER INSERT ON loop_wake FOR EACH STATEMENT EXECUTE FUNCTION ring();

GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO yanmen_app, yanmen_loop;

GRANT USAGE ON SCHEMA public TO yanmen_edge;
GRANT SELECT ON loop_outbox TO yanmen_edge;

-- The moment of the newest message to the edges: what is open "now" is asked of it. The database's own clock is not that of a drill.
CREATE OR REPLACE FUNCTION told_at() RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT at FROM loop_outbox ORDER BY seq DESC LIMIT 1), now())
$$;
REVOKE EXECUTE ON FUNCTION told_at() FROM PUBLIC;

-- Functions of the owner are everybody's to call unless that is taken back: an edge tells nobody anything, and alarms nobody.
REVOKE EXECUTE ON FUNCTION outbox_put(text, jsonb, timestamptz), outbox_tell(text, jsonb, timestamptz),
    keep_alarm(text, text, int, jsonb), make_bulk_partition(text, date), wake_watched(bigint[], bigint[], text[]),
    edge_heard(text, timestamptz, timestamptz, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION edge_heard(text, timestamptz, timestamptz, boolean) TO yanmen_edge;
GRANT EXECUTE ON FUNCTION outbox_tell(text, jsonb, timestamptz), keep_alarm(text, text, int, jsonb) TO yanmen_app, yanmen_loop;
GRANT EXECUTE ON FUNCTION make_bulk_partition(text, date), wake_watched(bigint[], bigint[], text[])
    TO yanmen_app, yanmen_loop, yanmen_edge;
