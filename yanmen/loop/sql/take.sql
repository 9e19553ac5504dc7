-- Taking subjects: those that facts woke and those whose next change is due.
-- A shard of subjects belongs to one worker until it commits; a crash gives everything back.
-- "Is anything due at all" is asked of the index first: a kept plan would read the whole table to find nothing.

-- name: look
SELECT to_regclass('pg_temp.changed') IS NOT NULL AND pg_relation_size(to_regclass('pg_temp.wanted')) < 262144
           AND pg_relation_size(to_regclass('pg_temp.woken')) < 262144 AS scratched,
       least((SELECT due_at FROM loop_task WHERE state = 'open' ORDER BY due_at LIMIT 1),
             (SELECT climbs_at FROM loop_task WHERE state = 'failed' AND climbs_at IS NOT NULL ORDER BY climbs_at LIMIT 1)) <= %(now)s AS late,
       ARRAY(
           SELECT shard FROM (
               SELECT DISTINCT (subject %% 64)::int AS shard FROM loop_wake
               UNION
               SELECT DISTINCT (subject %% 64)::int FROM loop_measure
               WHERE state IN ('proposed', 'in_force') AND next_change <= %(as_of)s
                 AND (SELECT next_change FROM loop_measure WHERE state IN ('proposed', 'in_force')
                      ORDER BY next_change LIMIT 1) <= %(as_of)s
           ) AS waiting
           WHERE pg_try_advisory_xact_lock(%(lock)s, shard)
       ) AS shards

-- name: plan
SELECT set_config('plan_cache_mode', %(how)s, true)

-- name: take
WITH taken AS (
    DELETE FROM loop_wake WHERE (subject %% 64) = ANY(%(shards)s) RETURNING subject_type, subject
), put AS (
    INSERT INTO woken
    SELECT subject_type, subject FROM taken
    UNION
    SELECT subject_type, subject FROM loop_measure
    WHERE state IN ('proposed', 'in_force') AND next_change <= %(as_of)s AND (subject %% 64) = ANY(%(shards)s)
      AND (SELECT next_change FROM loop_measure WHERE state IN ('proposed', 'in_force') ORDER BY next_change LIMIT 1) <= %(as_of)s
    RETURNING subject_type
)
SELECT DISTINCT subject_type FROM put

-- name: woken_types
SELECT DISTINCT subject_type FROM woken

-- name: ask_person
WITH canonical AS (
    INSERT INTO subjects
    SELECT subject FROM woken WHERE subject_type = 'person'
    UNION
    SELECT p.same_as_id FROM woken w JOIN registry_person p ON p.id = w.subject
    WHERE w.subject_type = 'person' AND p.same_as_id IS NOT NULL
    RETURNING subject
)
INSERT INTO asked
SELECT c.subject, CASE WHEN p.same_as_id IS NULL THEN c.subject END
FROM canonical c JOIN registry_person p ON p.id = c.subject
UNION ALL
SELECT c.subject, d.id FROM canonical c JOIN registry_person d ON d.same_as_id = c.subject

-- name: ask_area
WITH canonical AS (
    INSERT INTO subjects SELECT DISTINCT subject FROM woken WHERE subject_type = 'area' RETURNING subject
)
INSERT INTO asked SELECT subject, subject FROM canonical

-- name: ask_place
WITH canonical AS (
    INSERT INTO subjects SELECT DISTINCT subject FROM woken WHERE subject_type = 'place' RETURNING subject
)
INSERT INTO asked SELECT subject, subject FROM canonical

-- name: standing_of_asked
SELECT ARRAY(SELECT DISTINCT f.kind FROM asked a JOIN loop_fact f ON f.person_id = a.member WHERE %(few)s) AS kinds,
       EXISTS (SELECT FROM subjects s JOIN loop_measure m ON m.subject = s.subject AND m.subject_type = %(subject_type)s) AS measures,
       EXISTS (SELECT FROM subjects s JOIN loop_task t ON t.subject = s.subject AND t.subject_type = %(subject_type)s) AS tasks

-- name: kinds_of_asked
SELECT DISTINCT f.kind FROM asked a JOIN loop_fact f ON f.person_id = a.member

-- name: mark_woken
WITH known_as AS (
    SELECT subject FROM woken WHERE subject_type = %(subject_type)s
    UNION
    SELECT p.same_as_id FROM woken w JOIN registry_person p ON p.id = w.subject
    WHERE w.subject_type = %(subject_type)s AND w.subject_type = 'person' AND p.same_as_id IS NOT NULL
)
INSERT INTO changed
SELECT subject FROM known_as
UNION
SELECT d.id FROM known_as k JOIN registry_person d ON d.same_as_id = k.subject WHERE %(subject_type)s = 'person'

-- name: mark_changed
INSERT INTO changed SELECT DISTINCT subject FROM touched
WHERE stratum = %(stratum)s AND subject_type = %(subject_type)s AND kind = ANY(%(kinds)s)

-- name: lock_shards
SELECT shard FROM unnest(%(shards)s::int[]) shard WHERE pg_try_advisory_xact_lock(%(lock)s, shard)

-- name: hand_over
INSERT INTO loop_wake (subject_type, subject)
SELECT subject_type, subject FROM woken WHERE NOT (subject %% 64) = ANY(%(shards)s)

-- name: drop_handed_over
DELETE FROM woken WHERE NOT (subject %% 64) = ANY(%(shards)s)

-- name: woken_shards
SELECT DISTINCT (subject %% 64)::int FROM woken

-- name: rule_states
SELECT rule, editions FROM loop_rule_state

-- name: store_rule_state
INSERT INTO loop_rule_state (rule, editions) VALUES (%(rule)s, %(editions)s)
ON CONFLICT (rule) DO UPDATE SET editions = excluded.editions
WHERE loop_rule_state.editions <> excluded.editions
RETURNING rule

-- name: drop_rule_state
DELETE FROM loop_rule_state WHERE rule = %(rule)s

-- name: wake_rule
INSERT INTO loop_wake (subject_type, subject)
SELECT subject_type, subject FROM loop_measure WHERE rule = %(rule)s AND state IN ('proposed', 'in_force')
UNION
SELECT 'person', f.person_id FROM loop_fact f
WHERE %(subject_type)s = 'person' AND f.kind = ANY(%(facts)s) AND f.person_id IS NOT NULL
UNION
SELECT 'area', a.id FROM loop_fact f JOIN registry_area a ON a.code = f.area AND a.valid_to IS NULL
WHERE %(subject_type)s = 'area' AND f.kind = ANY(%(facts)s)
