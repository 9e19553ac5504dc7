-- Who may see and change what a command centre keeps. Run after every migration; running it again changes nothing.
--
-- An order is seen where it was given, above that, and by every unit it was given to; its receipts by the unit and those above: never by a
-- neighbour. A request upward is seen by who asks and by all above. The roster belongs to its area and those above.

-- Whether an order reached the asker's areas, or the asker is one of the areas it went through.
CREATE OR REPLACE FUNCTION command_addressed(asked bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM command_receipt r WHERE r.order_id = asked AND in_scope(r.area))
$$;
REVOKE EXECUTE ON FUNCTION command_addressed(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION command_addressed(bigint) TO yanmen_app, yanmen_loop;

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$in_scope(area)$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public'
                  AND tablename IN ('command_order', 'command_receipt', 'command_request', 'command_shift', 'command_handover') LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['command_order', 'command_receipt', 'command_request', 'command_shift', 'command_handover'] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, yanmen_app, yanmen_loop, yanmen_edge', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true) WITH CHECK (true)', name);
        EXECUTE format($q$CREATE POLICY self_never ON %I AS RESTRICTIVE TO yanmen_app
                       USING ((SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self')$q$, name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['command_receipt', 'command_request', 'command_shift', 'command_handover'] LOOP
        EXECUTE format('CREATE POLICY app_works ON %I TO yanmen_app USING (%s) WITH CHECK (%s)', name, mine, mine);
    END LOOP;
    -- A unit knows whom to call above it.
    EXECUTE $q$CREATE POLICY app_reads_above ON command_shift FOR SELECT TO yanmen_app
               USING (starts_with(nullif(current_setting('yanmen.area', true), ''), area))$q$;
    -- What was ordered stands; only that it was recalled or replaced is added to it.
    REVOKE UPDATE ON command_order FROM yanmen_app;
    GRANT UPDATE (root_id, state, closed_at, closed_by, closed_why, replaced_by_id) ON command_order TO yanmen_app;
    CREATE POLICY app_reads ON command_order FOR SELECT TO yanmen_app USING (in_scope(area) OR command_addressed(id));
    EXECUTE format('CREATE POLICY app_adds ON command_order FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_closes ON command_order FOR UPDATE TO yanmen_app USING (%s) WITH CHECK (%s)', mine, mine);
    -- Who answers an order says when; whom it was given to, and when, stands.
    REVOKE UPDATE ON command_receipt FROM yanmen_app;
    GRANT UPDATE (state, due_at, received_at, received_by, read_at, read_by, accepted_at, accepted_by, split_at, done_at, done_by, done_note,
                  verified_at, verified_by, returned_at, returned_why, returns, step_due) ON command_receipt TO yanmen_app;
END $$;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO yanmen_app, yanmen_loop;

-- No step is left out, whoever writes.
CREATE OR REPLACE FUNCTION command_receipt_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NEW.state <> 'recalled' AND (OLD.state, NEW.state) NOT IN (
        ('issued', 'received'), ('issued', 'read'), ('issued', 'accepted'), ('received', 'read'), ('received', 'accepted'), ('read', 'accepted'), ('accepted', 'split'), ('accepted', 'done'),
        ('split', 'done'), ('done', 'verified'), ('done', 'accepted'), ('done', 'split')
    ) OR OLD.state = 'recalled' THEN
        RAISE EXCEPTION 'an order in hand does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER receipt_step BEFORE UPDATE OF state ON command_receipt
    FOR EACH ROW EXECUTE FUNCTION command_receipt_step();
