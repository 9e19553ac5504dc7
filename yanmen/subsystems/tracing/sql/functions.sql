-- Days of the stays: partitions made on demand and dropped as a whole. Idempotent. They run as the owner.

-- Attached, not created in place: nobody who reads or writes other days has to wait.
CREATE OR REPLACE FUNCTION tracing_make_day(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text := 'tracing_stay_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass('public.' || part) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(part, 0));
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = part AND relnamespace = 'public'::regnamespace) THEN
        EXECUTE format('CREATE TABLE %I (LIKE tracing_stay INCLUDING ALL)', part);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE tracing_stay ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                       part, day_start(day), day_start(day + 1));
    END IF;
END $$;

-- Drops every day up to and with this one. The facts that the stays came from leave signed receipts of their own.
CREATE OR REPLACE FUNCTION tracing_drop_days(last date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part text;
    gone integer := 0;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'tracing_stay'::regclass AND to_date(right(c.relname, 8), 'YYYYMMDD') <= last LOOP
        EXECUTE format('DROP TABLE %I', part);
        gone := gone + 1;
    END LOOP;
    IF gone > 0 THEN
        DELETE FROM tracing_crowd WHERE day <= last;
        DELETE FROM tracing_packed WHERE day <= last;
        DELETE FROM tracing_unpacked WHERE day <= last;
    END IF;
    RETURN gone;
END $$;
