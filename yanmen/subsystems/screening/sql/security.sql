-- Who may see and change the registers of screening, and what the edges know about tests.
-- Run after every migration as the owner; running it again changes nothing.
--
-- yanmen_app   keeps sites, campaigns, boxes, runs in its areas. Tubes, boxes and trips are seen and moved on by both ends.
-- yanmen_loop  looks at bindings: it opens tubes and keeps findings.

DO $$
DECLARE
    old record;
    name text;
    mine text := $q$area COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                    AND area COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    scoped text := $q$nullif(current_setting('yanmen.area', true), '') IS NOT NULL$q$;
    either text;
BEGIN
    either := format('(%s OR %s)', mine, replace(mine, 'area COLLATE', 'lab_area COLLATE'));
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'screening\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'screening\_%' LOOP
        EXECUTE format('REVOKE ALL ON %I FROM yanmen_app, yanmen_loop', name);
        EXECUTE format('GRANT SELECT ON %I TO yanmen_app, yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_works ON %I TO yanmen_loop USING (true) WITH CHECK (true)', name);
    END LOOP;

    -- Where one is tested, and what is planned, is public; its own area changes it.
    FOREACH name IN ARRAY ARRAY['screening_site', 'screening_laboratory', 'screening_campaign', 'screening_round', 'screening_part'] LOOP
        EXECUTE format('GRANT INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, scoped);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s)', name, mine);
    END LOOP;
    GRANT DELETE ON screening_part TO yanmen_app;
    EXECUTE format('CREATE POLICY app_drops ON screening_part FOR DELETE TO yanmen_app USING (%s)', mine);

    -- Both ends of the way see tubes, boxes and trips and move them on.
    FOREACH name IN ARRAY ARRAY['screening_tube', 'screening_box', 'screening_trip'] LOOP
        EXECUTE format('GRANT INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, either);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, either);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s) WITH CHECK (true)', name, either);
    END LOOP;
    GRANT INSERT ON screening_temperature TO yanmen_app;
    CREATE POLICY app_reads ON screening_temperature FOR SELECT TO yanmen_app
        USING (EXISTS (SELECT FROM screening_box b WHERE b.id = box_id));
    CREATE POLICY app_adds ON screening_temperature FOR INSERT TO yanmen_app
        WITH CHECK (EXISTS (SELECT FROM screening_box b WHERE b.id = box_id));

    -- A laboratory's own: runs, lots, violations; findings belong to the area where the sampling took place.
    FOREACH name IN ARRAY ARRAY['screening_run', 'screening_controllot', 'screening_violation'] LOOP
        EXECUTE format('GRANT INSERT, UPDATE ON %I TO yanmen_app', name);
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, mine);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s)', name, mine);
    END LOOP;
    -- What is wrong with a tube that came here is said here, and seen there; it names no person but where the person was sampled.
    GRANT INSERT, UPDATE ON screening_finding TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON screening_finding FOR SELECT TO yanmen_app USING (%s OR person_id IS NULL
                    AND EXISTS (SELECT FROM screening_tube t WHERE t.code = tube))', mine);
    EXECUTE format('CREATE POLICY app_adds ON screening_finding FOR INSERT TO yanmen_app WITH CHECK (%s OR person_id IS NULL
                    AND EXISTS (SELECT FROM screening_tube t WHERE t.code = tube AND t.area = screening_finding.area))', mine);
    EXECUTE format('CREATE POLICY app_edits ON screening_finding FOR UPDATE TO yanmen_app USING (%s)', mine);
    -- People asking for themselves see their own tubes through `screening_own_tests`, and no register.
    FOREACH name IN ARRAY ARRAY['screening_tube', 'screening_box', 'screening_trip', 'screening_finding'] LOOP
        EXECUTE format($q$CREATE POLICY self_never ON %I AS RESTRICTIVE TO yanmen_app
                       USING ((SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self')$q$, name);
    END LOOP;
    GRANT INSERT, UPDATE, DELETE ON screening_well TO yanmen_app;
    CREATE POLICY app_works ON screening_well TO yanmen_app
        USING (EXISTS (SELECT FROM screening_run r WHERE r.id = run_id))
        WITH CHECK (EXISTS (SELECT FROM screening_run r WHERE r.id = run_id));

    EXECUTE format('CREATE POLICY app_reads ON screening_look FOR SELECT TO yanmen_app USING (%s)', scoped);
    GRANT INSERT, UPDATE, DELETE ON screening_tube, screening_finding, screening_look TO yanmen_loop;
    GRANT INSERT, UPDATE ON screening_round, screening_part TO yanmen_loop;
END $$;

GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO yanmen_app, yanmen_loop;

-- Nobody is told a result but by `screening_tell`; edges bind samples and report none.
REVOKE INSERT ON loop_bulk_screening_negative FROM yanmen_app, yanmen_edge;
REVOKE INSERT ON loop_bulk_screening_tube_result FROM yanmen_edge;

-- The last negative nucleic acid test by the time of sampling, from facts that stand, under every number of a person.
-- `since` bounds the search where a test of that day is known to be among them.
DROP FUNCTION IF EXISTS last_negatives(bigint[]);
CREATE OR REPLACE FUNCTION last_negatives(whom bigint[], since date DEFAULT '1970-01-02') RETURNS TABLE (person bigint, sampled_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH roots AS (
        SELECT DISTINCT coalesce(p.same_as_id, p.id) AS root FROM unnest(whom) AS asked (id) JOIN registry_person p ON p.id = asked.id
    ), known AS (
        SELECT root, root AS id FROM roots
        UNION ALL
        SELECT r.root, p.id FROM roots r JOIN registry_person p ON p.same_as_id = r.root
    ), latest AS (
        SELECT k.root, max(last.sampled_at) AS sampled_at
        FROM known k
        CROSS JOIN LATERAL (
            SELECT max(t.occurred_at) AS sampled_at FROM known_tests('infinity') t
            WHERE t.person_id = k.id AND t.result = 'negative' AND t.method = 'nat' AND t.id >= first_id_of(since)
        ) AS last
        GROUP BY k.root
    )
    SELECT k.id, l.sampled_at FROM known k JOIN latest l ON l.root = k.root
$$;

-- Whose last negative may have changed is told to the edges: one message for all of them, the last act of a transaction.
DROP FUNCTION IF EXISTS tell_negatives(bigint[], timestamptz);
CREATE OR REPLACE FUNCTION tell_negatives(whom bigint[], moment timestamptz, since date DEFAULT '1970-01-02') RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT outbox_put('health_code.negatives', jsonb_build_object('people', jsonb_agg(
               jsonb_build_array(n.person, (extract(epoch FROM n.sampled_at) / 60)::bigint) ORDER BY n.person)), moment)
    FROM last_negatives(whom, since) n HAVING count(*) > 0
$$;

-- Whoever records, corrects or withdraws a result, at whichever door: whose it is is noted, and told once as the transaction ends.
-- Nobody holds the outbox while rows are still being written, and a hundred thousand results are ten messages.
CREATE OR REPLACE FUNCTION screening_note_tested() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO screening_untold (person_id, moment) VALUES (NEW.person_id, NEW.recorded_at) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION screening_tell_tested() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    whom bigint[];
    latest timestamptz;
BEGIN
    WITH gone AS (DELETE FROM screening_untold WHERE act = pg_current_xact_id() RETURNING person_id, moment)
    SELECT array_agg(person_id ORDER BY person_id), max(moment) INTO whom, latest FROM gone;
    FOR part IN 0 .. coalesce(cardinality(whom), 0) / 10000 LOOP
        PERFORM tell_negatives(whom[part * 10000 + 1 : (part + 1) * 10000], latest);
    END LOOP;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION screening_note_tested(), screening_tell_tested() FROM PUBLIC;
REVOKE ALL ON screening_untold FROM PUBLIC, yanmen_app, yanmen_loop;
CREATE OR REPLACE TRIGGER note_tested AFTER INSERT ON loop_fact FOR EACH ROW
    WHEN (NEW.person_id IS NOT NULL AND (NEW.kind = 'screening.result' AND (NEW.detail ->> 'result' = 'negative' OR NEW.corrects IS NOT NULL)
          OR NEW.kind = 'fact.withdrawn' AND NEW.detail ->> 'kind' IN ('screening.result', 'screening.negative')))
    EXECUTE FUNCTION screening_note_tested();
DROP TRIGGER IF EXISTS tell_tested ON screening_untold;
CREATE CONSTRAINT TRIGGER tell_tested AFTER INSERT ON screening_untold DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION screening_tell_tested();

-- Two records that are found to be one person, or no longer, have other last negatives from now on.
CREATE OR REPLACE FUNCTION screening_tell_regrouped() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM tell_negatives(ARRAY[NEW.left_id, NEW.right_id], coalesce(NEW.undone_at, NEW.at));
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION screening_tell_regrouped() FROM PUBLIC;
-- By name after `registry_decision_regroups`, which says first who is one person now.
CREATE OR REPLACE TRIGGER tell_regrouped_negatives AFTER INSERT OR UPDATE ON registry_matchdecision
    FOR EACH ROW EXECUTE FUNCTION screening_tell_regrouped();

-- No door asks for a negative test of more than a month ago.
CREATE OR REPLACE FUNCTION edge_negatives() RETURNS TABLE (person bigint, sampled_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH latest AS (
        SELECT coalesce(p.same_as_id, p.id) AS root, max(t.occurred_at) AS sampled_at
        FROM known_tests('infinity') t JOIN registry_person p ON p.id = t.person_id
        WHERE t.result = 'negative' AND t.method = 'nat' AND t.id >= first_id_of(local_date(told_at()) - 31)
        GROUP BY 1
    )
    SELECT root, sampled_at FROM latest
    UNION ALL
    SELECT p.id, l.sampled_at FROM latest l JOIN registry_person p ON p.same_as_id = l.root
$$;

REVOKE EXECUTE ON FUNCTION last_negatives(bigint[], date), tell_negatives(bigint[], timestamptz, date), edge_negatives() FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yanmen_edge') THEN
        GRANT EXECUTE ON FUNCTION edge_negatives() TO yanmen_edge;
    END IF;
END $$;

-- Releasing tubes. Their members live anywhere: the laboratory tells them without seeing who they are.

-- What a tube's members have in common with its result: the first half of the result's id (so the day of its partition),
-- and the second half of their own binding's. The same release again makes the same ids.
CREATE OR REPLACE FUNCTION screening_told_id(result uuid, binding uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT (left(result::text, 18) || right(binding::text, 18))::uuid $$;

-- Whether whoever asks may learn of people at all: figures and accounts are kept by others.
CREATE OR REPLACE FUNCTION screening_sees_people() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration'), false)
$$;

-- Tells every member of these tubes that it was negative; who was bound after the laboratory had the tube is no member. Returns how many facts were added.
CREATE OR REPLACE FUNCTION screening_tell(tubes text[], results uuid[], laboratory bigint, who text, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    told bigint[];
    first_day date;
BEGIN
    -- Only what two people have signed: a tube whose result was released as negative under this very id.
    IF EXISTS (SELECT FROM unnest(tubes, results) AS r (tube, id)
               WHERE NOT EXISTS (SELECT FROM screening_tube t WHERE t.code = r.tube AND t.told = r.id AND t.result = 'negative'
                                 AND t.released_at IS NOT NULL AND in_scope(t.lab_area) AND screening_sees_people())) THEN
        RAISE EXCEPTION 'a tube was not released as negative' USING ERRCODE = 'check_violation';
    END IF;
    SELECT local_date(min(t.first_at)) - 1 INTO first_day FROM screening_tube t WHERE t.code = ANY (tubes);
    WITH members AS (
        SELECT DISTINCT ON (r.tube, b.person_id)
               screening_told_id(r.id, b.id) AS id, b.person_id, b.place_id, b.area, b.occurred_at, r.tube
        FROM unnest(tubes, results) AS r (tube, id)
        JOIN screening_tube t ON t.code = r.tube
        CROSS JOIN LATERAL (
            SELECT k.id, k.person_id, k.place_id, k.area, k.occurred_at FROM known_screening_bound(moment) k
            WHERE k.tube = r.tube AND k.id >= first_id_of(first_day) AND k.person_id IS NOT NULL AND k.occurred_at <= t.received_at
        ) AS b
        ORDER BY r.tube, b.person_id, b.occurred_at
    ), counted AS (
        SELECT m.*, count(*) OVER (PARTITION BY m.tube) AS members FROM members m
    ), stored AS (
        INSERT INTO loop_bulk_screening_negative
            (id, person_id, place_id, area, occurred_at, recorded_at, recorded_by, tube, members, laboratory)
        SELECT c.id, c.person_id, c.place_id, c.area, c.occurred_at, moment, who, c.tube, c.members, screening_tell.laboratory
        FROM counted c
        ON CONFLICT (id) DO NOTHING
        RETURNING person_id
    )
    SELECT array_agg(s.person_id) INTO told FROM stored s;
    IF told IS NOT NULL THEN
        PERFORM wake_watched(told, NULL, NULL);
        PERFORM tell_negatives(told, moment, first_day);
    END IF;
    RETURN coalesce(cardinality(told), 0);
END $$;

-- Who is in a tube that was released or is void: for the facts about these people and nobody else.
CREATE OR REPLACE FUNCTION screening_members(of_tubes text[], moment timestamptz)
RETURNS TABLE (binding uuid, tube text, person bigint, place bigint, area text, sampled_at timestamptz, members bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id, m.tube, m.person_id, m.place_id, m.area, m.occurred_at, count(*) OVER (PARTITION BY m.tube)
    FROM (
        SELECT DISTINCT ON (t.code, k.person_id) k.id, t.code::text AS tube, k.person_id, k.place_id, k.area::text, k.occurred_at
        FROM screening_tube t
        JOIN known_screening_bound(moment) k ON k.tube = t.code AND k.id >= first_id_of(local_date(t.first_at) - 1)
        WHERE t.code = ANY (of_tubes) AND (t.released_at IS NOT NULL OR t.void_at IS NOT NULL) AND k.person_id IS NOT NULL
          AND (t.released_at IS NULL OR k.occurred_at <= t.received_at)
          AND (in_scope(t.lab_area) OR in_scope(t.area)) AND screening_sees_people()
        ORDER BY t.code, k.person_id, k.occurred_at
    ) AS m
$$;

REVOKE EXECUTE ON FUNCTION screening_tell(text[], uuid[], bigint, text, timestamptz), screening_members(text[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION screening_tell(text[], uuid[], bigint, text, timestamptz), screening_members(text[], timestamptz) TO yanmen_app;

-- The way to the laboratory. No step of a box is left out, whoever writes; the pairs are those of methods/courses.py.
CREATE OR REPLACE FUNCTION screening_box_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'ready'), ('draft', 'discarded'), ('ready', 'draft'), ('ready', 'sent'), ('ready', 'discarded'),
        ('sent', 'ready'), ('sent', 'in_transit'), ('sent', 'lost'), ('in_transit', 'received'), ('in_transit', 'lost'),
        ('received', 'reconciled'), ('lost', 'received')
    ) THEN
        RAISE EXCEPTION 'a box does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER screening_box_step BEFORE UPDATE OF state ON screening_box
    FOR EACH ROW EXECUTE FUNCTION screening_box_step();

-- The list of a box that was sent does not change; what comes without being on it is added where it is received.
CREATE OR REPLACE FUNCTION screening_list_locked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM screening_box b WHERE b.id = OLD.box_id AND b.state NOT IN ('draft', 'ready', 'discarded'))
       OR EXISTS (SELECT FROM screening_box b WHERE b.id = NEW.box_id AND b.state NOT IN ('draft', 'received')) THEN
        RAISE EXCEPTION 'the list of a box does not change once it is sent' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION screening_list_locked() FROM PUBLIC;
CREATE OR REPLACE TRIGGER screening_list_locked BEFORE UPDATE OF box_id ON screening_tube
    FOR EACH ROW WHEN (OLD.box_id IS DISTINCT FROM NEW.box_id) EXECUTE FUNCTION screening_list_locked();

-- A tube that lies in a box before the laboratory is seen there, wherever it was bound and whichever list it is on.
CREATE OR REPLACE FUNCTION screening_reach(of_tube text, of_box bigint) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH reached AS (
        UPDATE screening_tube t SET lab_area = b.lab_area
        FROM screening_box b
        WHERE t.code = of_tube AND b.id = of_box AND b.state = 'received' AND in_scope(b.lab_area) AND t.released_at IS NULL
        RETURNING 1
    ) SELECT count(*) FROM reached
$$;

-- One's own tests since a day, under every number one has: where each tube is, and what was told. For whoever asks, of themselves.
DROP FUNCTION IF EXISTS screening_own_tests(timestamptz, date);
CREATE FUNCTION screening_own_tests(moment timestamptz, since date)
RETURNS TABLE (sample text, tube text, sampled_at timestamptz, site bigint, laboratory bigint, boxed_at timestamptz, sent_at timestamptz,
               received_at timestamptz, logged_at timestamptz, measured_at timestamptz, released_at timestamptz, void_at timestamptz,
               result text, method text, reported_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH me AS (
        SELECT p.id FROM registry_person p
        WHERE current_setting('yanmen.purpose', true) = 'self'
          AND coalesce(p.same_as_id, p.id) = (SELECT coalesce(own.same_as_id, own.id) FROM registry_person own
                                              WHERE own.id = nullif(current_setting('yanmen.person', true), '')::bigint)
    ), bound AS (
        SELECT DISTINCT ON (b.tube) b.id, b.tube, b.occurred_at, b.place_id
        FROM me CROSS JOIN LATERAL (
            SELECT k.* FROM known_screening_bound(moment) k WHERE k.person_id = me.id AND k.id >= first_id_of(since) OFFSET 0
        ) AS b
        ORDER BY b.tube, b.occurred_at
    ), told AS (
        SELECT f.id, f.kind, f.detail, f.occurred_at, f.recorded_at FROM me JOIN known_facts(moment) f ON f.person_id = me.id
        WHERE f.kind IN ('screening.sampled', 'screening.result', 'screening.reactive') AND f.occurred_at >= day_start(since)
    )
    SELECT b.id::text, b.tube, b.occurred_at, b.place_id, t.laboratory_id, t.boxed_at, t.sent_at, t.received_at, t.logged_at,
           t.measured_at, t.released_at, t.void_at,
           coalesce(negative.result, CASE f.kind WHEN 'screening.reactive' THEN 'reactive' ELSE f.detail ->> 'result' END), 'nat',
           coalesce(negative.recorded_at, f.recorded_at)
    FROM bound b
    LEFT JOIN screening_tube t ON t.code = b.tube
    LEFT JOIN LATERAL (
        SELECT 'negative' AS result, n.recorded_at FROM known_screening_negative(moment) n
        WHERE n.id = screening_told_id(t.told, b.id)
    ) AS negative ON true
    LEFT JOIN told f ON f.id = screening_told_id(t.told, b.id)
    UNION ALL
    SELECT coalesce(f.detail ->> 'sample', f.id::text), '', f.occurred_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           f.detail ->> 'result', coalesce(f.detail ->> 'method', 'nat'), CASE f.kind WHEN 'screening.result' THEN f.recorded_at END
    FROM told f
    WHERE f.kind <> 'screening.reactive'
      AND NOT EXISTS (SELECT FROM bound b WHERE b.id::text = f.detail ->> 'sample')
      AND NOT (f.kind = 'screening.sampled' AND EXISTS (
          SELECT FROM told r WHERE r.kind = 'screening.result' AND r.detail ->> 'sample' = coalesce(f.detail ->> 'sample', f.id::text)))
    ORDER BY 3 DESC, 1
$$;

-- How long each hop took for the tubes that passed it lately: before receipt at one site, from receipt on at one laboratory.
-- Of five hundred tubes at most: it is asked by whoever waits for a result.
CREATE OR REPLACE FUNCTION screening_pace(of_site bigint, of_laboratory bigint, moment timestamptz)
RETURNS TABLE (gate text, tubes bigint, seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH before AS (
        SELECT t.first_at, t.boxed_at, t.sent_at, t.received_at FROM screening_tube t
        WHERE t.site_id = of_site AND t.first_at >= moment - interval '2 days' AND t.received_at >= moment - interval '1 day'
        ORDER BY t.first_at DESC LIMIT 500
    ), after AS (
        SELECT t.received_at, t.logged_at, t.measured_at, t.released_at FROM screening_tube t
        WHERE t.laboratory_id = of_laboratory AND t.released_at >= moment - interval '1 day' AND t.released_at <= moment
        ORDER BY t.released_at DESC LIMIT 500
    ), hops AS (
        SELECT 'boxed' AS gate, boxed_at - first_at AS took FROM before UNION ALL
        SELECT 'sent', sent_at - boxed_at FROM before UNION ALL
        SELECT 'received', received_at - sent_at FROM before UNION ALL
        SELECT 'logged', logged_at - received_at FROM after UNION ALL
        SELECT 'measured', measured_at - logged_at FROM after UNION ALL
        SELECT 'released', released_at - measured_at FROM after
    )
    SELECT h.gate, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM h.took))
    FROM hops h WHERE h.took IS NOT NULL GROUP BY h.gate
$$;

-- Tubes at a laboratory that came before this moment and have no result yet.
CREATE OR REPLACE FUNCTION screening_ahead(of_laboratory bigint, moment timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM screening_tube t
    WHERE t.laboratory_id = of_laboratory AND t.received_at < moment AND t.released_at IS NULL AND t.void_at IS NULL
$$;

-- Where a site's tubes went last.
CREATE OR REPLACE FUNCTION screening_sends_to(of_site bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.laboratory_id FROM screening_box b WHERE b.site_id = of_site ORDER BY b.created_at DESC LIMIT 1
$$;

REVOKE EXECUTE ON FUNCTION screening_reach(text, bigint), screening_own_tests(timestamptz, date), screening_pace(bigint, bigint, timestamptz),
    screening_ahead(bigint, timestamptz), screening_sends_to(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION screening_reach(text, bigint), screening_own_tests(timestamptz, date), screening_pace(bigint, bigint, timestamptz),
    screening_ahead(bigint, timestamptz), screening_sends_to(bigint) TO yanmen_app;

-- Sites that take whoever comes, and what is reported of their queues and was bound there lately: for anybody, of nobody.
CREATE OR REPLACE FUNCTION screening_open_sites(of_area text, kinds text[], moment timestamptz, since timestamptz)
RETURNS TABLE (place bigint, name_zh text, name_en text, address text, longitude double precision, latitude double precision,
               area text, kind text, desks smallint, hours jsonb, open_from timestamptz, open_to timestamptz,
               people smallint, reported_at timestamptz, bound bigint, bound_since timestamptz,
               area_zh text, area_en text, county_zh text, county_en text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.place_id, p.name_zh, p.name_en, p.address, p.longitude, p.latitude, s.area, s.kind, s.desks, s.hours, s.open_from, s.open_to,
           s.queue_people, s.queue_at, lately.bound, lately.bound_since, a.name_zh, a.name_en, c.name_zh, c.name_en
    FROM screening_site s
    JOIN registry_place p ON p.id = s.place_id
    LEFT JOIN registry_area a ON a.code = s.area AND a.valid_to IS NULL
    LEFT JOIN registry_area c ON c.code = left(s.area, 6) AND c.valid_to IS NULL
    CROSS JOIN LATERAL (
        SELECT count(*) AS bound, min(b.occurred_at) AS bound_since FROM loop_bulk_screening_bound b
        WHERE b.place_id = s.place_id AND b.occurred_at > since AND b.occurred_at <= moment
          AND b.id >= (SELECT first_id_of(local_date(since) - 1))
    ) AS lately
    WHERE s.area >= of_area AND s.area < of_area || '~' AND s.kind = ANY (kinds) AND (s.open_to IS NULL OR s.open_to > moment)
$$;
REVOKE EXECUTE ON FUNCTION screening_open_sites(text, text[], timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION screening_open_sites(text, text[], timestamptz, timestamptz) TO yanmen_app;

-- Who of the asker's areas was bound nowhere while a round was open; `elsewhere`: in a place where others test them.
-- Where somebody was bound instead stays with those who bound them.
CREATE OR REPLACE FUNCTION screening_missing(of_round bigint, places text[])
RETURNS TABLE (person bigint, elsewhere boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine text := nullif(current_setting('yanmen.area', true), '');
    asked record;
    low uuid;
    high uuid;
BEGIN
    SELECT r.area, r.opens_at, r.closes_at INTO asked FROM screening_round r WHERE r.id = of_round;
    IF asked IS NULL OR mine IS NULL OR coalesce(current_setting('yanmen.purpose', true), '') IN ('', 'self', 'statistics', 'administration')
       OR NOT (starts_with(mine, asked.area) OR starts_with(asked.area, mine)) THEN
        RETURN;
    END IF;
    mine := CASE WHEN length(mine) > length(asked.area) THEN mine ELSE asked.area END;
    low := first_id_of(local_date(asked.opens_at) - 1);
    high := first_id_of(local_date(asked.closes_at) + 2);
    RETURN QUERY
        SELECT p.id, EXISTS (
            SELECT FROM loop_measure m JOIN loop_edition_stage s ON s.edition_id = m.edition_id
            WHERE m.subject = p.id AND m.subject_type = 'person' AND m.state = 'in_force' AND s.place = ANY (places)
              AND m.count_from + s.from_day <= local_date(asked.closes_at)
              AND (s.to_day IS NULL OR s.is_last AND m.over_hold OR m.count_from + s.to_day >= local_date(asked.opens_at)))
        FROM registry_person p
        WHERE p.area >= mine AND p.area < mine || '~' AND p.same_as_id IS NULL AND p.created_at <= asked.closes_at
          AND NOT EXISTS (
              SELECT FROM loop_bulk_screening_bound b
              WHERE b.person_id = p.id AND b.id >= low AND b.id < high
                AND b.occurred_at >= asked.opens_at AND b.occurred_at < asked.closes_at)
          AND NOT EXISTS (
              SELECT FROM registry_person d JOIN loop_bulk_screening_bound b ON b.person_id = d.id
              WHERE d.same_as_id = p.id AND b.id >= low AND b.id < high
                AND b.occurred_at >= asked.opens_at AND b.occurred_at < asked.closes_at);
END $$;
REVOKE EXECUTE ON FUNCTION screening_missing(bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION screening_missing(bigint, text[]) TO yanmen_app;
