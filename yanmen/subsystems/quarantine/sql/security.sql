-- Who may see and change the registers of quarantine; which steps there are. Run after every migration; running it again changes nothing.
--
-- yanmen_app   sites and rooms are seen by everybody with an area, and kept by their own. Stays and transfers are seen by both ends.
-- yanmen_loop  looks after clocks and what has expired.

-- Runs of vehicles of the asker's areas: a set that is asked once a statement, not once a transfer.
CREATE OR REPLACE FUNCTION quarantine_driven() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id FROM quarantine_run r WHERE in_scope(r.area)
$$;
-- Runs that somebody rides in who begins or ends in the asker's areas; no run of a transfer is told to who may not see people.
CREATE OR REPLACE FUNCTION quarantine_ridden() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.run_id FROM quarantine_transfer t
     WHERE t.run_id IS NOT NULL AND in_scope(t.area)
       AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
    UNION
    SELECT t.run_id FROM quarantine_transfer t
     WHERE t.run_id IS NOT NULL AND in_scope(t.to_area)
       AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
$$;
REVOKE EXECUTE ON FUNCTION quarantine_driven(), quarantine_ridden() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_driven(), quarantine_ridden() TO yanmen_app, yanmen_loop;

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$in_scope(area)$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
    people text := $q$(SELECT nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self'))$q$;
    either text;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'quarantine\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'quarantine\_%' LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, yanmen_app, yanmen_loop, yanmen_edge', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true) WITH CHECK (true)', name);
    END LOOP;

    -- Where rooms are is known to all who look for one; the site's own area keeps them.
    FOREACH name IN ARRAY ARRAY['quarantine_site', 'quarantine_floor', 'quarantine_room'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, scoped);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s)', name, mine);
    END LOOP;
    -- An area's own, with nobody's name in it.
    FOREACH name IN ARRAY ARRAY['quarantine_inspection', 'quarantine_vehicle'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_works ON %I TO yanmen_app USING (%s) WITH CHECK (%s)', name, mine, mine);
    END LOOP;
    -- Whoever sees a run sees which vehicle comes.
    CREATE POLICY app_reads ON quarantine_vehicle FOR SELECT TO yanmen_app
        USING (EXISTS (SELECT FROM quarantine_run r WHERE r.vehicle_id = quarantine_vehicle.id));
    -- What is done in a house; steps and moves are only added.
    FOREACH name IN ARRAY ARRAY['quarantine_roomstep', 'quarantine_linenmove'] LOOP
        EXECUTE format('GRANT SELECT, INSERT ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_works ON %I TO yanmen_app USING (%s) WITH CHECK (%s)', name, mine, mine);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['quarantine_wastebag', 'quarantine_wasteload'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_works ON %I TO yanmen_app USING (%s) WITH CHECK (%s)', name, mine, mine);
    END LOOP;
    GRANT SELECT, INSERT, UPDATE ON quarantine_cycle TO yanmen_app;
    EXECUTE format('CREATE POLICY app_works ON quarantine_cycle TO yanmen_app USING (%s AND %s) WITH CHECK (%s AND %s)', people, mine, people, mine);

    -- Plans asked for and plans of runs belong to their area, and name transfers by their numbers.
    FOREACH name IN ARRAY ARRAY['quarantine_errand', 'quarantine_runplan'] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_works ON %I TO yanmen_app USING (%s) WITH CHECK (%s)', name, mine, mine);
    END LOOP;
    -- Plans belong to who may adopt them; conflicts are seen by both ends; how far the ledger was followed is a number.
    GRANT SELECT, INSERT, UPDATE ON quarantine_plan, quarantine_conflict, quarantine_followed TO yanmen_app;
    EXECUTE format('CREATE POLICY app_works ON quarantine_plan TO yanmen_app USING (%s AND %s) WITH CHECK (%s AND %s)', people, mine, people, mine);
    EXECUTE format('CREATE POLICY app_works ON quarantine_conflict TO yanmen_app USING (%s AND (in_scope(area) OR in_scope(home_area)))
                    WITH CHECK (%s AND (in_scope(area) OR in_scope(home_area)))', people, people);
    EXECUTE format('CREATE POLICY app_works ON quarantine_followed TO yanmen_app USING (%s) WITH CHECK (%s)', scoped, scoped);

    -- Seen by both ends. A room is given by who answers for the site, a transfer asked for by either side.
    either := format('(%s AND (in_scope(area) OR in_scope(home_area)))', people);
    GRANT SELECT, INSERT, UPDATE ON quarantine_stay TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON quarantine_stay FOR SELECT TO yanmen_app USING (%s)', either);
    EXECUTE format('CREATE POLICY app_adds ON quarantine_stay FOR INSERT TO yanmen_app WITH CHECK (%s AND in_scope(area))', people);
    EXECUTE format('CREATE POLICY app_edits ON quarantine_stay FOR UPDATE TO yanmen_app USING (%s) WITH CHECK (%s)', either, either);
    -- … and by those whose vehicle takes them; who is taken off a run goes back to both ends.
    either := format('(%s AND (in_scope(area) OR in_scope(to_area) OR run_id IN (SELECT quarantine_driven())))', people);
    GRANT SELECT, INSERT, UPDATE ON quarantine_transfer TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON quarantine_transfer FOR SELECT TO yanmen_app USING (%s)', either);
    EXECUTE format('CREATE POLICY app_adds ON quarantine_transfer FOR INSERT TO yanmen_app WITH CHECK (%s AND (in_scope(area) OR in_scope(to_area)))', people);
    EXECUTE format('CREATE POLICY app_edits ON quarantine_transfer FOR UPDATE TO yanmen_app USING (%s) WITH CHECK (%s)', either, either);
    GRANT SELECT, INSERT, UPDATE ON quarantine_run TO yanmen_app;
    CREATE POLICY app_reads ON quarantine_run FOR SELECT TO yanmen_app
        USING (in_scope(area) OR id IN (SELECT quarantine_ridden()));
    EXECUTE format('CREATE POLICY app_adds ON quarantine_run FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_edits ON quarantine_run FOR UPDATE TO yanmen_app USING (%s)', mine);

    -- People asking for themselves learn of their room from the facts about them, and see no register.
    FOREACH name IN ARRAY ARRAY['quarantine_stay', 'quarantine_transfer', 'quarantine_run', 'quarantine_vehicle', 'quarantine_inspection',
        'quarantine_roomstep', 'quarantine_linenmove', 'quarantine_wastebag', 'quarantine_wasteload', 'quarantine_cycle',
        'quarantine_plan', 'quarantine_conflict', 'quarantine_followed',
        'quarantine_errand', 'quarantine_runplan'] LOOP
        EXECUTE format($q$CREATE POLICY self_never ON %I AS RESTRICTIVE TO yanmen_app
                       USING ((SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self')$q$, name);
    END LOOP;
END $$;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO yanmen_app, yanmen_loop;

-- Who is behind a stay or a transfer, for either end of it as long as it is open, wherever the person is registered.
CREATE OR REPLACE FUNCTION quarantine_people(asked bigint[])
RETURNS TABLE (id bigint, name text, sex text, born_on date, area text, address text, household_id bigint, guardian_id bigint, phone_sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, p.name, p.sex, p.born_on, p.area::text, p.address, p.household_id, p.guardian_id, p.phone_sealed
    FROM registry_person p
    WHERE p.id = ANY (asked)
      AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration', 'self')
      AND (in_scope(p.area)
           OR EXISTS (SELECT FROM quarantine_stay s WHERE s.person_id = p.id AND s.state IN ('assigned', 'admitted') AND in_scope(s.area))
           OR EXISTS (SELECT FROM quarantine_transfer t WHERE t.person_id = p.id AND t.ended_at IS NULL AND (in_scope(t.area) OR in_scope(t.to_area) OR t.run_id IN (SELECT quarantine_driven()))))
$$;
REVOKE EXECUTE ON FUNCTION quarantine_people(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_people(bigint[]) TO yanmen_app, yanmen_loop;

-- A vehicle is lost: runs that have not departed are given up, and whoever was not picked up waits again, whichever area they are of.
CREATE OR REPLACE FUNCTION quarantine_vehicle_lost(asked bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    freed bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM quarantine_vehicle v WHERE v.id = asked AND in_scope(v.area))
        OR nullif(current_setting('yanmen.purpose', true), '') IN ('statistics', 'administration', 'self') THEN
        RETURN 0;
    END IF;
    PERFORM FROM quarantine_run r WHERE r.vehicle_id = asked AND r.state IN ('planned', 'out') ORDER BY r.id FOR UPDATE;
    UPDATE quarantine_transfer t SET state = 'approved', run_id = NULL, position = NULL, pick_up_at = NULL, arrive_at = NULL
     WHERE t.state = 'planned'
       AND t.run_id IN (SELECT r.id FROM quarantine_run r WHERE r.vehicle_id = asked AND r.state IN ('planned', 'out'));
    GET DIAGNOSTICS freed = ROW_COUNT;
    UPDATE quarantine_run r SET state = 'cancelled' WHERE r.vehicle_id = asked AND r.state = 'planned';
    RETURN freed;
END $$;
REVOKE EXECUTE ON FUNCTION quarantine_vehicle_lost(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quarantine_vehicle_lost(bigint) TO yanmen_app, yanmen_loop;

-- No step is left out, whoever writes; the pairs are those of methods/courses.py.
CREATE OR REPLACE FUNCTION quarantine_transfer_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('requested', 'released'), ('requested', 'refused'), ('requested', 'cancelled'),
        ('released', 'approved'), ('released', 'refused'), ('released', 'cancelled'),
        ('approved', 'planned'), ('approved', 'cancelled'),
        ('planned', 'approved'), ('planned', 'picked_up'), ('planned', 'cancelled'),
        ('picked_up', 'arrived'), ('picked_up', 'returned')
    ) THEN
        RAISE EXCEPTION 'a transfer does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER transfer_step BEFORE UPDATE OF state ON quarantine_transfer
    FOR EACH ROW EXECUTE FUNCTION quarantine_transfer_step();

CREATE OR REPLACE FUNCTION quarantine_stay_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('assigned', 'admitted'), ('assigned', 'cancelled'), ('admitted', 'left')) THEN
        RAISE EXCEPTION 'a stay does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER stay_step BEFORE UPDATE OF state ON quarantine_stay
    FOR EACH ROW EXECUTE FUNCTION quarantine_stay_step();

-- Never more people in a room than beds. The room's row is locked, so that two who count at once count one after the other.
CREATE OR REPLACE FUNCTION quarantine_beds_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    room quarantine_room;
    others bigint;
BEGIN
    IF NEW.state IN ('cancelled') THEN
        RETURN NEW;
    END IF;
    SELECT * INTO room FROM quarantine_room WHERE id = NEW.room_id FOR UPDATE;
    IF room.site_id <> NEW.site_id OR room.area <> NEW.area THEN
        RAISE EXCEPTION 'the room lies in another site' USING ERRCODE = 'check_violation', CONSTRAINT = 'quarantine_room_of_site';
    END IF;
    IF room.closed_why <> '' AND TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'the room is closed' USING ERRCODE = 'check_violation', CONSTRAINT = 'quarantine_room_closed';
    END IF;
    SELECT count(*) INTO others FROM quarantine_stay s
    WHERE s.room_id = NEW.room_id AND s.id IS DISTINCT FROM NEW.id AND s.state <> 'cancelled' AND s.holds && NEW.holds;
    IF others >= room.beds THEN
        RAISE EXCEPTION 'the room has no bed left' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'quarantine_beds';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION quarantine_beds_counted() FROM PUBLIC;
CREATE OR REPLACE TRIGGER beds_counted BEFORE INSERT OR UPDATE OF room_id, holds, state ON quarantine_stay
    FOR EACH ROW EXECUTE FUNCTION quarantine_beds_counted();

-- A site passes its inspection before it is ready, and is ready before it opens.
CREATE OR REPLACE FUNCTION quarantine_site_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('planned', 'ready'), ('planned', 'closed'), ('ready', 'open'), ('ready', 'planned'), ('ready', 'closed'),
        ('open', 'closing'), ('closing', 'open'), ('closing', 'ready')
    ) THEN
        RAISE EXCEPTION 'a site does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('ready', 'open') AND OLD.state IN ('planned', 'ready') AND NOT coalesce((
        SELECT i.passed FROM quarantine_inspection i WHERE i.site_id = NEW.place_id ORDER BY i.at DESC, i.id DESC LIMIT 1), false) THEN
        RAISE EXCEPTION 'the site has not passed its inspection' USING ERRCODE = 'check_violation', CONSTRAINT = 'quarantine_site_inspected';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER site_step BEFORE UPDATE OF state ON quarantine_site
    FOR EACH ROW EXECUTE FUNCTION quarantine_site_step();

-- Between two stays: no step is left out, and who disinfected a room does not say that it is clean.
CREATE OR REPLACE FUNCTION quarantine_room_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND NEW.state <> 'vacated' AND (OLD.state, NEW.state) NOT IN (
        ('vacated', 'stripped'), ('stripped', 'disinfected'), ('disinfected', 'clean'), ('disinfected', 'stripped')
    ) THEN
        RAISE EXCEPTION 'a room does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'disinfected' AND NEW.state = 'clean' AND OLD.state_by = NEW.state_by THEN
        RAISE EXCEPTION 'somebody else says that the room is clean' USING ERRCODE = 'check_violation', CONSTRAINT = 'quarantine_room_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER room_step BEFORE UPDATE OF state ON quarantine_room
    FOR EACH ROW EXECUTE FUNCTION quarantine_room_step();

CREATE OR REPLACE FUNCTION quarantine_waste_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('sealed', 'weighed'), ('weighed', 'stored'), ('weighed', 'sealed'), ('stored', 'loaded'), ('loaded', 'disposed'),
        ('sealed', 'missing'), ('weighed', 'missing'), ('stored', 'missing'), ('loaded', 'missing'), ('missing', 'sealed')
    ) THEN
        RAISE EXCEPTION 'a bag of waste does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER waste_step BEFORE UPDATE OF state ON quarantine_wastebag
    FOR EACH ROW EXECUTE FUNCTION quarantine_waste_step();

-- When the last of a party leaves a room, or is moved to another, the room is vacated: whoever wrote it.
CREATE OR REPLACE FUNCTION quarantine_room_vacated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moment timestamptz := coalesce(NEW.ended_at, now());
    signed text := coalesce(nullif(NEW.ended_by, ''), NEW.assigned_by);
BEGIN
    IF OLD.state <> 'admitted' OR (NEW.state = 'admitted' AND NEW.room_id = OLD.room_id) OR EXISTS (
        SELECT FROM quarantine_stay s WHERE s.room_id = OLD.room_id AND s.state = 'admitted') THEN
        RETURN NULL;
    END IF;
    UPDATE quarantine_room SET state = 'vacated', state_at = moment, state_by = signed, vacated_at = moment WHERE id = OLD.room_id;
    INSERT INTO quarantine_roomstep (room_id, site_id, area, state, at, by, note)
    VALUES (OLD.room_id, OLD.site_id, OLD.area, 'vacated', moment, signed, '');
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION quarantine_room_vacated() FROM PUBLIC;
CREATE OR REPLACE TRIGGER room_vacated AFTER UPDATE OF state, room_id ON quarantine_stay
    FOR EACH ROW EXECUTE FUNCTION quarantine_room_vacated();
