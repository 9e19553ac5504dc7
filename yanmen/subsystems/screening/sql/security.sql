-- What the edges know about tests. Run after every migration as the owner; running it again changes nothing.

-- The last negative nucleic acid test by the time of sampling, from facts that stand, under every number of a person.
CREATE OR REPLACE FUNCTION last_negatives(whom bigint[]) RETURNS TABLE (person bigint, sampled_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH known AS (
        SELECT coalesce(p.same_as_id, p.id) AS root, p.id FROM registry_person p
        WHERE whom IS NULL OR coalesce(p.same_as_id, p.id) IN (
            SELECT coalesce(asked.same_as_id, asked.id) FROM registry_person asked WHERE asked.id = ANY (whom))
    ), latest AS (
        SELECT k.root, max(f.occurred_at) AS sampled_at
        FROM loop_fact f JOIN known k ON k.id = f.person_id
        WHERE f.kind = 'screening.result' AND f.detail ->> 'result' = 'negative'
          AND coalesce(f.detail ->> 'method', 'nat') = 'nat'
          AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = f.id)
        GROUP BY k.root
    )
    SELECT k.id, l.sampled_at FROM known k LEFT JOIN latest l ON l.root = k.root
    WHERE whom IS NOT NULL OR l.sampled_at IS NOT NULL
$$;

-- Whose last negative may have changed is told to the edges: one message for all of them, the last act of a transaction.
CREATE OR REPLACE FUNCTION tell_negatives(whom bigint[], moment timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT outbox_put('health_code.negatives', jsonb_build_object('people', jsonb_agg(
               jsonb_build_array(n.person, (extract(epoch FROM n.sampled_at) / 60)::bigint) ORDER BY n.person)), moment)
    FROM last_negatives(whom) n HAVING count(*) > 0
$$;

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

CREATE OR REPLACE FUNCTION edge_negatives() RETURNS TABLE (person bigint, sampled_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.person, n.sampled_at FROM last_negatives(NULL) n
$$;

REVOKE EXECUTE ON FUNCTION last_negatives(bigint[]), tell_negatives(bigint[], timestamptz), edge_negatives() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_negatives(bigint[], timestamptz) TO yanmen_app, yanmen_loop;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yanmen_edge') THEN
        GRANT EXECUTE ON FUNCTION edge_negatives() TO yanmen_edge;
    END IF;
END $$;
