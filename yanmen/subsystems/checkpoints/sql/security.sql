-- Who may see and change the registers of checkpoints. Run after every migration; running it again changes nothing.
-- Where a post stands is on every signboard: everybody with a scope reads it, its own area changes it.

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    people text := $q$nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'checkpoints\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['checkpoints_post', 'checkpoints_shift', 'checkpoints_turn', 'checkpoints_shiftnote',
                                'checkpoints_handover', 'checkpoints_sitingplan', 'checkpoints_plannedpost'] LOOP
        EXECUTE format('REVOKE ALL ON %I FROM yanmen_app, yanmen_loop', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO yanmen_app', name);
        EXECUTE format('GRANT SELECT ON %I TO yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_reads ON %I FOR SELECT TO yanmen_loop USING (true)', name);
    END LOOP;

    EXECUTE format('CREATE POLICY app_reads ON checkpoints_post FOR SELECT TO yanmen_app USING (%s)', scoped);
    EXECUTE format('CREATE POLICY app_adds ON checkpoints_post FOR INSERT TO yanmen_app WITH CHECK (%s)', mine);
    EXECUTE format('CREATE POLICY app_edits ON checkpoints_post FOR UPDATE TO yanmen_app USING (%s)', mine);
    GRANT UPDATE (kind, direction, lanes, roads, open_from, open_to) ON checkpoints_post TO yanmen_app;

    -- Rotas and plans belong to their area; notes are only added.
    FOREACH name IN ARRAY ARRAY['checkpoints_shift', 'checkpoints_turn', 'checkpoints_shiftnote', 'checkpoints_sitingplan',
                                'checkpoints_plannedpost'] LOOP
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, mine);
    END LOOP;
    EXECUTE format('CREATE POLICY app_edits ON checkpoints_shift FOR UPDATE TO yanmen_app USING (%s)', mine);
    EXECUTE format('CREATE POLICY app_drops ON checkpoints_shift FOR DELETE TO yanmen_app USING (%s)', mine);
    EXECUTE format('CREATE POLICY app_releases ON checkpoints_turn FOR UPDATE TO yanmen_app USING (%s)', mine);
    GRANT UPDATE (needed, duties) ON checkpoints_shift TO yanmen_app;
    GRANT DELETE ON checkpoints_shift TO yanmen_app;
    GRANT UPDATE (released_at) ON checkpoints_turn TO yanmen_app;

    -- A hand-over is seen and moved on by both ends, and by nobody else.
    EXECUTE format('CREATE POLICY app_reads ON checkpoints_handover FOR SELECT TO yanmen_app USING ((%s OR %s) AND %s)',
                   mine, replace(mine, 'area COLLATE', 'to_area COLLATE'), people);
    EXECUTE format('CREATE POLICY app_opens ON checkpoints_handover FOR INSERT TO yanmen_app WITH CHECK (%s AND %s)', mine, people);
    EXECUTE format('CREATE POLICY app_steps ON checkpoints_handover FOR UPDATE TO yanmen_app USING ((%s OR %s) AND %s)',
                   mine, replace(mine, 'area COLLATE', 'to_area COLLATE'), people);
    EXECUTE $q$CREATE POLICY self_never ON checkpoints_handover AS RESTRICTIVE TO yanmen_app
               USING ((SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self')$q$;
    GRANT UPDATE (state, to_place_id, vehicle, escort, assigned_at, departed_at, moved_on_departure, ended_at, ended_by, note)
        ON checkpoints_handover TO yanmen_app;

    -- What is past its retention is deleted by the worker alone.
    FOREACH name IN ARRAY ARRAY['checkpoints_turn', 'checkpoints_shiftnote', 'checkpoints_handover'] LOOP
        EXECUTE format('GRANT DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('CREATE POLICY loop_forgets ON %I FOR DELETE TO yanmen_loop USING (true)', name);
    END LOOP;
END $$;

-- No step of a hand-over is left out, whoever writes; the pairs are those of methods/handing_over.py.
CREATE OR REPLACE FUNCTION checkpoints_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('opened', 'assigned'), ('opened', 'refused'), ('assigned', 'departed'), ('assigned', 'refused'),
        ('departed', 'received'), ('departed', 'refused')
    ) THEN
        RAISE EXCEPTION 'a hand-over does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER checkpoints_step BEFORE UPDATE OF state ON checkpoints_handover
    FOR EACH ROW EXECUTE FUNCTION checkpoints_step();

-- Who passed a post of the asker's area and owes something: only these people, only since then, and only what is owed.
CREATE OR REPLACE FUNCTION checkpoints_met(of_post bigint, since timestamptz, kinds text[])
RETURNS TABLE (pass_id uuid, person bigint, passed_at timestamptz, shown text, name text, home_area text, kind text, rule text,
               last_day date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT ON (passed.person_id, m.kind, m.rule)
           passed.id, passed.person_id, passed.occurred_at, passed.shown, p.name::text, p.area::text, m.kind::text, m.rule::text,
           m.last_day
    FROM loop_bulk_checkpoints_passed passed
    JOIN registry_person p ON p.id = passed.person_id
    JOIN loop_measure m ON m.subject = passed.person_id AND m.subject_type = 'person' AND m.state = 'in_force'
     AND m.kind = ANY (kinds)
    WHERE passed.place_id = of_post AND passed.occurred_at >= since AND passed.direction = 'in'
      AND passed.area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
      AND passed.area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'
      AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')
      AND NOT EXISTS (SELECT FROM checkpoints_handover h WHERE h.person_id = passed.person_id
                      AND (h.ended_at IS NULL OR h.opened_at >= passed.occurred_at))
    ORDER BY passed.person_id, m.kind, m.rule, passed.occurred_at DESC
$$;
REVOKE EXECUTE ON FUNCTION checkpoints_met(bigint, timestamptz, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION checkpoints_met(bigint, timestamptz, text[]) TO yanmen_app;

-- The posts, as the edges keep them; null asks for all. Hours are not told: who passed has passed, and may be told late.
DROP FUNCTION IF EXISTS edge_posts(bigint[]);
CREATE FUNCTION edge_posts(places bigint[])
RETURNS TABLE (place bigint, area text, kind text, direction text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.place_id, p.area::text, p.kind::text, p.direction::text
    FROM checkpoints_post p
    WHERE places IS NULL OR p.place_id = ANY (places)
    ORDER BY p.place_id
$$;
REVOKE EXECUTE ON FUNCTION edge_posts(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION edge_posts(bigint[]) TO yanmen_edge;
