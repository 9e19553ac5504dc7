-- What every layer may tell the edges. Idempotent; runs as the owner. Who may call what stands in security.sql.

-- A place in the outbox: who tells waits for whoever told before, so that the order of numbers is the order of commits.
-- The lock is the one under which a turn takes its number (see session.py). For the owner's own functions alone.
CREATE OR REPLACE FUNCTION outbox_put(what text, about jsonb, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(5857646, 0);
    number := nextval(pg_get_serial_sequence('loop_outbox', 'seq'));
    INSERT INTO loop_outbox (seq, at, topic, body) OVERRIDING SYSTEM VALUE VALUES (number, moment, what, about);
    PERFORM pg_notify('yanmen_outbox', number::text);
    RETURN number;
END $$;

-- What anybody may tell: that something changed, and the edges look it up themselves. What they believe as it is told
-- (a turn, tests, devices shut out) comes from functions that read it from the registers: nobody makes it up.
CREATE OR REPLACE FUNCTION outbox_tell(what text, about jsonb, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF what LIKE 'loop.%' OR what IN ('health_code.negatives', 'devices.revoked') THEN
        RAISE EXCEPTION 'the topic % is its keeper''s own', what USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN outbox_put(what, about, moment);
END $$;

-- An edge tells that it is there (`here`), and at last that it ends as it was asked to.
CREATE OR REPLACE FUNCTION edge_heard(edge text, since timestamptz, moment timestamptz, here boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO loop_edgerun (name, started_at, heard_at, ended_at) VALUES (left(edge, 200), since, moment, CASE WHEN NOT here THEN moment END)
    ON CONFLICT (name, started_at) DO UPDATE
        SET heard_at = greatest(loop_edgerun.heard_at, excluded.heard_at), ended_at = excluded.ended_at;
END $$;
