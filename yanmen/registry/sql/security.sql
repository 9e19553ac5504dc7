-- Who may see and change the registers. Run after every migration as the owner; running it again changes nothing.
--
-- yanmen_app   sees rows of its area (`yanmen.area`) for a purpose that may see people (`yanmen.purpose`).
--              An unset scope is '' on a pooled connection, not NULL: nullif() turns it into "no rows".
-- yanmen_loop  reads everything: it computes for the whole province.

DO $$
DECLARE
    old record;
    within text := $q$%1$I COLLATE "C" >= nullif(current_setting('yanmen.area', true), '')
                      AND %1$I COLLATE "C" < nullif(current_setting('yanmen.area', true), '') || '~'$q$;
    people text := $q$nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')$q$;
    me text := $q$nullif(current_setting('yanmen.account', true), '')::bigint$q$;
    administers text := $q$current_setting('yanmen.purpose', true) = 'administration'$q$;
    inspects text := $q$current_setting('yanmen.purpose', true) = 'inspection'$q$;
    opened text := $q$id = nullif(current_setting('yanmen.person', true), '')::bigint AND EXISTS (
        SELECT FROM registry_emergencyaccess opened WHERE opened.person_id = registry_person.id
           AND opened.account_id = nullif(current_setting('yanmen.account', true), '')::bigint
           AND opened.closes_at > coalesce(nullif(current_setting('yanmen.now', true), '')::timestamptz, now()))$q$;
    area_of text := format(within, 'area');
    not_self text := $q$(SELECT current_setting('yanmen.purpose', true)) IS DISTINCT FROM 'self'$q$;
    my_person text := $q$nullif(current_setting('yanmen.person', true), '')::bigint$q$;
    name text;
BEGIN
    FOR old IN SELECT tablename, policyname FROM pg_policies
                WHERE schemaname = 'public' AND tablename LIKE 'registry\_%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'registry\_%' LOOP
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, yanmen_app, yanmen_loop', name);
        EXECUTE format('GRANT SELECT ON %I TO yanmen_app, yanmen_loop', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY loop_reads ON %I FOR SELECT TO yanmen_loop USING (true)', name);
    END LOOP;

    -- Everybody may read what is on every map and signboard; changing it needs the area.
    EXECUTE 'CREATE POLICY app_reads ON registry_area FOR SELECT TO yanmen_app USING (true)';
    FOREACH name IN ARRAY ARRAY['registry_place', 'registry_organisation'] LOOP
        EXECUTE format('CREATE POLICY app_reads ON %I FOR SELECT TO yanmen_app USING (true)', name);
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s)', name, area_of);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s)', name, area_of);
        EXECUTE format('GRANT INSERT, UPDATE ON %I TO yanmen_app', name);
    END LOOP;

    -- People and doors: the area's own, for a purpose that may see people; one person more while the glass is broken.
    EXECUTE format('CREATE POLICY app_reads ON registry_person FOR SELECT TO yanmen_app
                    USING ((%s AND %s) OR (%s))', area_of, people, opened);
    EXECUTE format('CREATE POLICY app_reads ON registry_household FOR SELECT TO yanmen_app
                    USING (%s AND %s)', area_of, people);
    FOREACH name IN ARRAY ARRAY['registry_person', 'registry_household'] LOOP
        EXECUTE format('CREATE POLICY app_adds ON %I FOR INSERT TO yanmen_app WITH CHECK (%s AND %s)', name, area_of, people);
        EXECUTE format('CREATE POLICY app_edits ON %I FOR UPDATE TO yanmen_app USING (%s AND %s)', name, area_of, people);
    END LOOP;
    EXECUTE 'CREATE POLICY app_adds_unmerged ON registry_person AS RESTRICTIVE FOR INSERT TO yanmen_app
             WITH CHECK (same_as_id IS NULL)';
    -- Neither the area (see registry_hand_over) nor same_as (see registry_regroup) is typed in.
    GRANT INSERT, UPDATE (name, sex, born_on, id_type, id_number_sealed, id_number_index, phone_sealed, phone_index,
                  address, guardian_id, household_id, post) ON registry_person TO yanmen_app;
    GRANT INSERT, UPDATE (address) ON registry_household TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON registry_move FOR SELECT TO yanmen_app
                    USING (((%s) OR (%s)) AND %s)', format(within, 'from_area'), format(within, 'to_area'), people);

    -- Accounts are nothing without grants; grants are given by administrators of the area, never to themselves.
    EXECUTE 'CREATE POLICY app_reads ON registry_account FOR SELECT TO yanmen_app USING (true)';
    EXECUTE format('CREATE POLICY app_adds ON registry_account FOR INSERT TO yanmen_app WITH CHECK (%s)', administers);
    EXECUTE 'CREATE POLICY app_edits ON registry_account FOR UPDATE TO yanmen_app USING (true)';
    GRANT INSERT, UPDATE (password, last_login, name, email, language, unit_id, is_active) ON registry_account TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON registry_grant FOR SELECT TO yanmen_app
                    USING (account_id = %s OR (%s))', me, area_of);
    EXECUTE format('CREATE POLICY app_adds ON registry_grant FOR INSERT TO yanmen_app
                    WITH CHECK (%s AND %s AND account_id <> %s)', administers, area_of, me);
    EXECUTE format('CREATE POLICY app_ends ON registry_grant FOR UPDATE TO yanmen_app
                    USING (%s AND %s AND account_id <> %s)', administers, area_of, me);
    GRANT INSERT, UPDATE (valid_to) ON registry_grant TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON registry_apikey FOR SELECT TO yanmen_app USING (account_id = %s
                    OR (%s AND %s) OR encode(digest, ''hex'') = nullif(current_setting(''yanmen.key'', true), ''''))',
                   me, administers, area_of);
    EXECUTE format('CREATE POLICY app_adds ON registry_apikey FOR INSERT TO yanmen_app WITH CHECK (
                    (account_id = %s OR %s) AND %s AND EXISTS (SELECT FROM registry_grant given
                      WHERE given.account_id = registry_apikey.account_id AND given.role = registry_apikey.role
                        AND given.purpose = registry_apikey.purpose AND registry_apikey.area LIKE given.area || ''%%''))',
                   me, administers, area_of);
    EXECUTE format('CREATE POLICY app_revokes ON registry_apikey FOR UPDATE TO yanmen_app
                    USING (account_id = %s OR (%s AND %s))', me, administers, area_of);
    GRANT INSERT, UPDATE (revoked_at) ON registry_apikey TO yanmen_app;

    -- Traces: added as oneself, read by inspection and by oneself, changed by nobody.
    EXECUTE format('CREATE POLICY app_adds ON registry_accesslog FOR INSERT TO yanmen_app
                    WITH CHECK (account_id IS NOT DISTINCT FROM %s AND (%s))', me, area_of);
    EXECUTE format('CREATE POLICY app_reads ON registry_accesslog FOR SELECT TO yanmen_app
                    USING (account_id = %1$s OR (account_id IS NULL AND %1$s IS NULL AND (%3$s)) OR (%2$s AND (%3$s)))',
                   me, inspects, area_of);
    GRANT INSERT ON registry_accesslog TO yanmen_app;
    EXECUTE format('CREATE POLICY app_reads ON registry_emergencyaccess FOR SELECT TO yanmen_app USING (account_id = %s
                    OR (%s AND ((%s) OR (%s))))', me, inspects, area_of, format(within, 'person_area'));
    EXECUTE format('CREATE POLICY app_reads ON registry_notice FOR SELECT TO yanmen_app USING (%s AND %s)', area_of, people);
    EXECUTE format('CREATE POLICY app_marks ON registry_notice FOR UPDATE TO yanmen_app USING (%s AND %s)', area_of, people);
    GRANT UPDATE (seen_at) ON registry_notice TO yanmen_app;

    -- A decision on two records needs sight of both.
    EXECUTE 'CREATE POLICY app_reads ON registry_matchdecision FOR SELECT TO yanmen_app USING (
             EXISTS (SELECT FROM registry_person p WHERE p.id = left_id) AND EXISTS (SELECT FROM registry_person p WHERE p.id = right_id))';
    EXECUTE 'CREATE POLICY app_decides ON registry_matchdecision FOR INSERT TO yanmen_app WITH CHECK (undone_at IS NULL AND
             EXISTS (SELECT FROM registry_person p WHERE p.id = left_id) AND EXISTS (SELECT FROM registry_person p WHERE p.id = right_id))';
    EXECUTE 'CREATE POLICY app_undoes ON registry_matchdecision FOR UPDATE TO yanmen_app USING (undone_at IS NULL AND
             EXISTS (SELECT FROM registry_person p WHERE p.id = left_id) AND EXISTS (SELECT FROM registry_person p WHERE p.id = right_id))
             WITH CHECK (undone_at IS NOT NULL)';
    GRANT INSERT, UPDATE (undone_by, undone_at) ON registry_matchdecision TO yanmen_app;

    EXECUTE format('CREATE POLICY app_reads ON registry_importbatch FOR SELECT TO yanmen_app USING (%s)', area_of);
    EXECUTE format('CREATE POLICY app_adds ON registry_importbatch FOR INSERT TO yanmen_app WITH CHECK (%s)', area_of);
    EXECUTE 'CREATE POLICY app_reads ON registry_importrow FOR SELECT TO yanmen_app USING (
             batch_id IN (SELECT id FROM registry_importbatch))';
    EXECUTE 'CREATE POLICY app_adds ON registry_importrow FOR INSERT TO yanmen_app WITH CHECK (
             EXISTS (SELECT FROM registry_importbatch b WHERE b.id = batch_id))';
    GRANT INSERT ON registry_importbatch, registry_importrow TO yanmen_app;

    -- Devices: the area's, and each account's own. Ways in and rates are touched by the functions of devices.sql alone.
    EXECUTE format('CREATE POLICY app_reads ON registry_device FOR SELECT TO yanmen_app
                    USING ((%s AND %s) OR account_id = %s)', area_of, people, me);
    EXECUTE format('CREATE POLICY app_adds ON registry_device FOR INSERT TO yanmen_app WITH CHECK (%s AND revoked_at IS NULL
                    AND (kind = ''holder'' AND NOT %s AND person_id = %s OR kind = ''officer'' AND %s AND account_id = %s))',
                   area_of, not_self, my_person, people, me);
    -- A device that is shut out stays so: nothing opens it again.
    EXECUTE format('CREATE POLICY app_marks ON registry_device FOR UPDATE TO yanmen_app
                    USING (revoked_at IS NULL AND ((%s AND %s) OR account_id = %s)) WITH CHECK ((%s AND %s) OR account_id = %s)',
                   area_of, people, me, area_of, people, me);
    GRANT INSERT, UPDATE (client, expires_at, seen_at, revoked_at, revoked_by, revoked_reason) ON registry_device TO yanmen_app;
    REVOKE ALL ON registry_enrolment, registry_ratewindow FROM yanmen_app;
    EXECUTE format('CREATE POLICY app_adds ON registry_enrolment FOR INSERT TO yanmen_app
                    WITH CHECK (kind = ''officer'' AND account_id = %s AND %s AND %s)', me, area_of, people);
    GRANT INSERT ON registry_enrolment TO yanmen_app;

    -- What is past its retention is deleted by the worker alone.
    FOREACH name IN ARRAY ARRAY['registry_apikey', 'registry_notice', 'registry_importrow', 'registry_device',
                                'registry_enrolment', 'registry_ratewindow'] LOOP
        EXECUTE format('GRANT DELETE ON %I TO yanmen_loop', name);
        EXECUTE format('CREATE POLICY loop_forgets ON %I FOR DELETE TO yanmen_loop USING (true)', name);
    END LOOP;

    -- Somebody who asks for themselves (purpose `self`) sees themselves, and nobody else in the same area.
    EXECUTE format('CREATE POLICY self_only ON registry_person AS RESTRICTIVE TO yanmen_app
                    USING (%s OR id = %s)', not_self, my_person);
    FOREACH name IN ARRAY ARRAY['registry_notice', 'registry_device', 'registry_accesslog'] LOOP
        EXECUTE format('CREATE POLICY self_only ON %I AS RESTRICTIVE TO yanmen_app USING (%s OR person_id = %s)',
                       name, not_self, my_person);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['registry_household', 'registry_move', 'registry_emergencyaccess', 'registry_matchdecision',
                                'registry_importbatch', 'registry_importrow', 'registry_enrolment'] LOOP
        EXECUTE format('CREATE POLICY self_never ON %I AS RESTRICTIVE TO yanmen_app USING (%s)', name, not_self);
    END LOOP;
END $$;

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO yanmen_app;

-- The access log and decisions are history: not even the owner edits them by accident.
CREATE OR REPLACE FUNCTION registry_keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only. Add a further row instead.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER registry_accesslog_append_only BEFORE UPDATE OR DELETE ON registry_accesslog
    FOR EACH ROW EXECUTE FUNCTION registry_keep_history();
CREATE OR REPLACE TRIGGER registry_move_append_only BEFORE UPDATE OR DELETE ON registry_move
    FOR EACH ROW EXECUTE FUNCTION registry_keep_history();
CREATE OR REPLACE TRIGGER registry_emergency_append_only BEFORE UPDATE OR DELETE ON registry_emergencyaccess
    FOR EACH ROW EXECUTE FUNCTION registry_keep_history();

-- Whether a document is known anywhere: asked by blind index only, so one must hold the number and the key.
-- Says what stands on the document itself (name, birth date) and whose area it is; nothing that was sealed.
CREATE OR REPLACE FUNCTION registry_known_documents(indexes bytea[])
RETURNS TABLE (document bytea, id_type varchar, person bigint, area varchar, name varchar, born_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id_number_index, p.id_type, p.id, p.area, p.name, p.born_on FROM registry_person p
     WHERE p.id_number_index = ANY (indexes)
       AND nullif(current_setting('yanmen.purpose', true), '') NOT IN ('statistics', 'administration')
$$;

-- Another area becomes responsible. The receiving area may take a person over, the present one may hand over; both leave a row.
CREATE OR REPLACE FUNCTION registry_hand_over(people bigint[], to_area varchar, moved_by varchar, moved_at timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mine text := nullif(current_setting('yanmen.area', true), '');
    moved bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM registry_area a WHERE a.code = to_area AND a.valid_to IS NULL) THEN
        RAISE EXCEPTION 'No area has the code %.', to_area USING ERRCODE = 'foreign_key_violation';
    END IF;
    PERFORM FROM registry_person WHERE id = ANY (people) ORDER BY id FOR UPDATE;
    IF mine IS NULL OR nullif(current_setting('yanmen.purpose', true), '') IN ('statistics', 'administration')
       OR NOT (starts_with(to_area, mine)
               OR NOT EXISTS (SELECT FROM registry_person WHERE id = ANY (people) AND NOT starts_with(area, mine))) THEN
        RAISE EXCEPTION 'Neither area is in your scope.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO registry_move (person_id, from_area, to_area, at, by)
    SELECT id, area, registry_hand_over.to_area, moved_at, moved_by FROM registry_person
     WHERE id = ANY (people) AND area <> registry_hand_over.to_area;
    GET DIAGNOSTICS moved = ROW_COUNT;
    UPDATE registry_person SET area = registry_hand_over.to_area
     WHERE id = ANY (people) AND area <> registry_hand_over.to_area;
    RETURN moved;
END $$;

-- Break the glass: access, trace and notice to the person are written together or not at all.
CREATE OR REPLACE FUNCTION registry_break_glass(of_person bigint, with_role varchar, why varchar, opened timestamptz)
RETURNS timestamptz LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    account bigint := nullif(current_setting('yanmen.account', true), '')::bigint;
    mine text := nullif(current_setting('yanmen.area', true), '');
    aim text := nullif(current_setting('yanmen.purpose', true), '');
    their_area varchar := (SELECT area FROM registry_person WHERE id = of_person);
    closes timestamptz := opened + interval '3 hours';
BEGIN
    IF account IS NULL OR mine IS NULL OR aim IS NULL OR aim IN ('statistics', 'administration') THEN
        RAISE EXCEPTION 'Breaking the glass needs an account acting in an area for a purpose that may see people.'
              USING ERRCODE = 'insufficient_privilege';
    ELSIF length(btrim(why)) < 10 THEN
        RAISE EXCEPTION 'Breaking the glass needs a reason of ten characters or more.' USING ERRCODE = 'check_violation';
    ELSIF their_area IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO registry_emergencyaccess (account_id, person_id, role, area, person_area, reason, opened_at, closes_at)
    VALUES (account, of_person, with_role, mine, their_area, why, opened, closes);
    INSERT INTO registry_accesslog (at, account_id, role, area, purpose, what, person_id, count, reason)
    VALUES (opened, account, with_role, mine, aim, 'emergency', of_person, 1, why);
    INSERT INTO registry_notice (person_id, area, at, kind, zh, en)
    VALUES (of_person, their_area, opened, 'emergency',
            format('您的信息被紧急查阅，时限三小时。理由：%s。如有异议，可向当地督查部门申诉。', why),
            format('Your data was opened in an emergency, for three hours. Reason: %s. You may object to the local inspection office.', why));
    RETURN closes;
END $$;

-- Who is one person follows from the decisions in force: each group of "same" hangs under its oldest record.
CREATE OR REPLACE FUNCTION registry_regroup(start bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE link (a, b) AS (
        SELECT left_id, right_id FROM registry_matchdecision WHERE same AND undone_at IS NULL
    ), member (id) AS (
        SELECT start
        UNION
        SELECT CASE WHEN l.a = m.id THEN l.b ELSE l.a END FROM member m JOIN link l ON m.id IN (l.a, l.b)
    ), root (id) AS (SELECT min(id) FROM member)
    UPDATE registry_person p SET same_as_id = nullif(root.id, p.id)
      FROM member, root
     WHERE p.id = member.id AND p.same_as_id IS DISTINCT FROM nullif(root.id, p.id)
$$;
CREATE OR REPLACE FUNCTION registry_after_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM registry_regroup(NEW.left_id);
    PERFORM registry_regroup(NEW.right_id);
    IF EXISTS (SELECT FROM registry_matchdecision d JOIN registry_person l ON l.id = d.left_id
                 JOIN registry_person r ON r.id = d.right_id
                WHERE NOT d.same AND d.undone_at IS NULL
                  AND coalesce(l.same_as_id, l.id) = coalesce(r.same_as_id, r.id)
                  AND coalesce(l.same_as_id, l.id) IN (
                      SELECT coalesce(same_as_id, id) FROM registry_person WHERE id IN (NEW.left_id, NEW.right_id))) THEN
        RAISE EXCEPTION 'Decisions contradict: two records would be the same person and not.'
              USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER registry_decision_regroups AFTER INSERT OR UPDATE ON registry_matchdecision
    FOR EACH ROW EXECUTE FUNCTION registry_after_decision();

REVOKE EXECUTE ON FUNCTION registry_known_documents(bytea[]), registry_regroup(bigint), registry_after_decision(),
    registry_hand_over(bigint[], varchar, varchar, timestamptz),
    registry_break_glass(bigint, varchar, varchar, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_known_documents(bytea[]), registry_hand_over(bigint[], varchar, varchar, timestamptz),
    registry_break_glass(bigint, varchar, varchar, timestamptz) TO yanmen_app;

-- Devices: how telephones come in, and what edges may know of them.

-- One more try for each asker; the seconds to wait when a limit is reached, else 0. The first full one stops the count.
CREATE OR REPLACE FUNCTION registry_take_turn(askers bytea[], limits int[], seconds int[], at timestamptz)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found registry_ratewindow;
BEGIN
    FOR i IN 1 .. cardinality(askers) LOOP
        INSERT INTO registry_ratewindow AS w (asker, count, ends_at)
        VALUES (askers[i], 1, at + make_interval(secs => seconds[i]))
        ON CONFLICT (asker) DO UPDATE
            SET count = CASE WHEN w.ends_at <= at THEN 1 ELSE least(w.count, limits[i]) + 1 END,
                ends_at = CASE WHEN w.ends_at <= at THEN excluded.ends_at ELSE w.ends_at END
        RETURNING * INTO found;
        IF found.count > limits[i] THEN
            RETURN greatest(1, ceil(extract(epoch FROM found.ends_at - at)))::int;
        END IF;
    END LOOP;
    RETURN 0;
END $$;

-- A code was made for a telephone number, whether anybody has it or not.
CREATE OR REPLACE FUNCTION registry_offer_code(phone bytea, code bytea, at timestamptz, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO registry_enrolment (kind, phone_index, digest, role, area, made_at, expires_at, tries)
    VALUES ('holder', phone, code, '', '', at, until, 0)
$$;

-- Who comes in with a code: those of the telephone number and the people in their charge. Every try counts, right or wrong,
-- and only the newest code of a number is good. No row: not this code. A row without a person: nobody has the number.
CREATE OR REPLACE FUNCTION registry_try_code(phone bytea, code bytea, at timestamptz, most_tries int)
RETURNS TABLE (enrolment bigint, person bigint, guardian bigint, area varchar, name varchar, id_number_sealed bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    newest registry_enrolment;
BEGIN
    SELECT * INTO newest FROM registry_enrolment e WHERE e.phone_index = phone AND e.kind = 'holder'
     ORDER BY e.made_at DESC, e.id DESC LIMIT 1 FOR UPDATE;
    IF newest.id IS NULL OR newest.expires_at <= at OR newest.used_at IS NOT NULL OR newest.tries >= most_tries THEN
        RETURN;
    END IF;
    UPDATE registry_enrolment SET tries = tries + 1 WHERE id = newest.id;
    IF newest.digest <> code THEN
        RETURN;
    END IF;
    RETURN QUERY
        WITH holder AS (
            SELECT DISTINCT coalesce(p.same_as_id, p.id) AS id FROM registry_person p WHERE p.phone_index = phone
        ), ward AS (
            SELECT DISTINCT coalesce(w.same_as_id, w.id) AS id, coalesce(g.same_as_id, g.id) AS guardian
              FROM registry_person w JOIN registry_person g ON g.id = w.guardian_id
             WHERE coalesce(g.same_as_id, g.id) IN (SELECT h.id FROM holder h)
        ), everybody AS (
            SELECT h.id, NULL::bigint AS guardian FROM holder h
            UNION SELECT w.id, w.guardian FROM ward w
        )
        SELECT newest.id, p.id, e.guardian, p.area, p.name, p.id_number_sealed
          FROM (SELECT 1) AS always LEFT JOIN (everybody e JOIN registry_person p ON p.id = e.id) ON true
         ORDER BY p.id, e.guardian NULLS FIRST LIMIT 60;
END $$;

-- The code, or the token, has done its work.
CREATE OR REPLACE FUNCTION registry_use_code(enrolment bigint, code bytea, at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH used AS (
        UPDATE registry_enrolment e SET used_at = at
         WHERE e.id = enrolment AND e.digest = code AND e.used_at IS NULL RETURNING 1)
    SELECT EXISTS (SELECT FROM used)
$$;
CREATE OR REPLACE FUNCTION registry_use_token(token bytea, at timestamptz)
RETURNS TABLE (account bigint, role varchar, area varchar, place bigint, device_until timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE registry_enrolment e SET used_at = at, tries = e.tries + 1
     WHERE e.digest = token AND e.kind = 'officer' AND e.used_at IS NULL AND e.expires_at > at
    RETURNING e.account_id, e.role, e.area, e.place_id, e.device_until
$$;

-- For whom a device speaks, while it does. Asked with the key that its certificate carries.
CREATE OR REPLACE FUNCTION registry_live_device(device bigint, key bytea, at timestamptz)
RETURNS TABLE (kind varchar, person bigint, account bigint, role varchar, area varchar, place bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE registry_device d SET seen_at = at
     WHERE d.id = device AND d.public_key = key AND d.revoked_at IS NULL AND d.expires_at > at
    RETURNING d.kind, (SELECT coalesce(p.same_as_id, p.id) FROM registry_person p WHERE p.id = d.person_id), d.account_id, d.role,
        coalesce((SELECT r.area FROM registry_person p JOIN registry_person r ON r.id = coalesce(p.same_as_id, p.id) WHERE p.id = d.person_id), d.area), d.place_id
$$;

-- An officer's device speaks as long as the officer may: without the account, or the role in that area, it is shut out.
CREATE OR REPLACE FUNCTION registry_shut_out_departed(actor text, at timestamptz) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE registry_device d SET revoked_at = at, revoked_by = actor, revoked_reason = 'the role has ended'
     WHERE d.kind = 'officer' AND d.revoked_at IS NULL AND d.expires_at > at
       AND NOT EXISTS (SELECT FROM registry_grant g JOIN registry_account a ON a.id = g.account_id
                        WHERE g.account_id = d.account_id AND a.is_active AND g.role = d.role
                          AND starts_with(d.area, g.area) AND g.purpose NOT IN ('statistics', 'administration')
                          AND g.valid_from <= at AND (g.valid_to IS NULL OR g.valid_to > at))
    RETURNING d.id
$$;

DROP FUNCTION IF EXISTS registry_forget_tries(timestamptz);

REVOKE EXECUTE ON FUNCTION registry_take_turn(bytea[], int[], int[], timestamptz),
    registry_offer_code(bytea, bytea, timestamptz, timestamptz), registry_try_code(bytea, bytea, timestamptz, int),
    registry_use_code(bigint, bytea, timestamptz), registry_use_token(bytea, timestamptz),
    registry_live_device(bigint, bytea, timestamptz),
    registry_shut_out_departed(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry_take_turn(bytea[], int[], int[], timestamptz),
    registry_offer_code(bytea, bytea, timestamptz, timestamptz), registry_try_code(bytea, bytea, timestamptz, int),
    registry_use_code(bigint, bytea, timestamptz), registry_use_token(bytea, timestamptz),
    registry_live_device(bigint, bytea, timestamptz),
    registry_shut_out_departed(text, timestamptz) TO yanmen_app;

-- How many people the image of an edge must hold: the highest number.
CREATE OR REPLACE FUNCTION edge_people() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(max(id), 0) FROM registry_person
$$;

-- Devices that were revoked before their certificate ends. What has ended is told by the newest moment in the register:
-- the database's own clock is not that of a drill.
CREATE OR REPLACE FUNCTION edge_revoked_devices() RETURNS TABLE (device bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM registry_device WHERE revoked_at IS NOT NULL
       AND expires_at > (SELECT max(greatest(enrolled_at, revoked_at)) FROM registry_device)
     ORDER BY id
$$;
REVOKE EXECUTE ON FUNCTION edge_people(), edge_revoked_devices() FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yanmen_edge') THEN
        GRANT EXECUTE ON FUNCTION edge_people(), edge_revoked_devices() TO yanmen_edge;
    END IF;
END $$;
