-- What every layer may tell the edges. Idempotent; runs as the owner.

-- A place in the outbox: who tells waits for whoever told before, so that the order of numbers is the order of commits.
-- The lock is the one under which a turn takes its number (see session.py).
CREATE OR REPLACE FUNCTION outbox_tell(what text, about jsonb, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    number bigint;
BEGIN
    IF what LIKE 'loop.%' THEN
        RAISE EXCEPTION 'the topic % is the loop''s own', what;
    END IF;
    PERFORM pg_advisory_xact_lock(5857646, 0);
    number := nextval(pg_get_serial_sequence('loop_outbox', 'seq'));
    INSERT INTO loop_outbox (seq, at, topic, body) OVERRIDING SYSTEM VALUE VALUES (number, moment, what, about);
    PERFORM pg_notify('yanmen_outbox', number::text);
    RETURN number;
END $$;
