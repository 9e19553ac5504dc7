-- Tasks: opened from the edition of a measure in force, closed by facts, cancelled with the measure.

-- name: want_tasks
INSERT INTO wanted
SELECT m.id, t.kind, t.ordinal, m.subject, m.area, t.role,
       CASE WHEN t.day IS NULL THEN m.since_at ELSE day_start(m.count_from + t.day) END,
       CASE WHEN t.day IS NULL THEN m.since_at + t.within_hours * interval '1 hour' ELSE day_start(m.count_from + t.day + 1) END
FROM subjects s
JOIN loop_measure m ON m.subject = s.subject AND m.subject_type = %(subject_type)s AND m.state = 'in_force'
JOIN loop_edition_task t ON t.edition_id = m.edition_id AND t.every_days IS NULL
WHERE t.day IS NULL
   OR (m.count_from + t.day >= m.known_on AND m.count_from + t.day <= %(horizon)s)
UNION ALL
SELECT m.id, t.kind, k, m.subject, m.area, t.role,
       day_start(m.count_from + (k - 1) * t.every_days), day_start(m.count_from + k * t.every_days)
FROM subjects s
JOIN loop_measure m ON m.subject = s.subject AND m.subject_type = %(subject_type)s AND m.state = 'in_force'
JOIN loop_edition_task t ON t.edition_id = m.edition_id AND t.every_days IS NOT NULL
CROSS JOIN LATERAL generate_series(1, (least(coalesce(m.last_day, %(horizon)s), %(horizon)s) - m.count_from) / t.every_days) k
WHERE m.count_from + k * t.every_days > m.known_on
UNION ALL
SELECT m.id, 'release_review', 0, m.subject, m.area, %(review_role)s, day_start(m.last_day + 1), day_start(m.last_day + 2)
FROM subjects s
JOIN loop_measure m ON m.subject = s.subject AND m.subject_type = %(subject_type)s AND m.state = 'in_force' AND m.over_hold
WHERE %(review_role)s::text IS NOT NULL

-- name: open_tasks
INSERT INTO loop_task (measure_id, kind, ordinal, subject_type, subject, area, role, opens_at, due_at)
SELECT w.measure_id, w.kind, w.ordinal, %(subject_type)s, w.subject, w.area, w.role, w.opens_at, w.due_at
FROM wanted w
WHERE NOT EXISTS (
    SELECT 1 FROM loop_task t WHERE t.measure_id = w.measure_id AND t.kind = w.kind AND t.ordinal = w.ordinal
)

-- name: revise_tasks
UPDATE loop_task t
SET opens_at = w.opens_at, due_at = w.due_at, area = w.area, role = w.role, closed_at = NULL, done_by = NULL,
    escalated_to = NULL, state = 'open'
FROM wanted w
WHERE t.measure_id = w.measure_id AND t.kind = w.kind AND t.ordinal = w.ordinal
  AND (t.state = 'cancelled'
       OR (t.state IN ('done', 'failed') AND w.opens_at > t.opens_at AND w.due_at > %(now)s)  -- day 0 moved: owed again
       OR (t.state = 'failed' AND t.area <> w.area)  -- another area answers now: it owes what is late, and its own tree hears of it
       OR (t.state = 'open' AND (t.opens_at, t.due_at, t.area, t.role) IS DISTINCT FROM (w.opens_at, w.due_at, w.area::varchar, w.role)))

-- name: cancel_tasks
UPDATE loop_task t SET state = 'cancelled', closed_at = %(now)s
FROM subjects s
WHERE t.subject = s.subject AND t.subject_type = %(subject_type)s AND t.state = 'open'
  AND NOT EXISTS (
      SELECT 1 FROM wanted w WHERE w.measure_id = t.measure_id AND w.kind = t.kind AND w.ordinal = t.ordinal
  )

-- name: reopen_tasks
UPDATE loop_task t SET state = 'open', done_by = NULL, closed_at = NULL
FROM subjects s, loop_fact c
WHERE t.subject = s.subject AND t.subject_type = %(subject_type)s AND t.state = 'done' AND c.corrects = t.done_by

-- name: close_tasks_person
WITH answers AS MATERIALIZED (
    SELECT a.subject, d.task, f.id, f.occurred_at, f.recorded_at
    FROM asked a
    JOIN known_facts(%(known_at)s) f ON f.person_id = a.member AND f.kind = ANY(%(facts)s::text[])
    JOIN unnest(%(facts)s::text[], %(tasks)s::text[]) AS d (fact, task) ON d.fact = f.kind
), closing AS (
    SELECT DISTINCT ON (t.id) t.id, f.id AS fact_id, f.recorded_at
    FROM answers f
    JOIN loop_task t ON t.subject = f.subject AND t.subject_type = 'person' AND t.kind = f.task
     AND t.state IN ('open', 'failed') AND f.occurred_at >= t.opens_at
    ORDER BY t.id, f.occurred_at
)
UPDATE loop_task t SET state = 'done', done_by = c.fact_id, closed_at = c.recorded_at FROM closing c WHERE t.id = c.id

-- name: close_tasks_by_bulk
-- The day in a bulk fact's id says which partitions can hold an answer.
WITH owed AS MATERIALIZED (
    SELECT t.id, t.subject, t.opens_at
    FROM subjects s
    JOIN loop_task t ON t.subject = s.subject AND t.subject_type = 'person' AND t.kind = ANY(%(tasks)s::text[])
     AND t.state IN ('open', 'failed') AND t.opens_at <= %(now)s
), closing AS (
    SELECT owed.id, answer.id AS fact_id, answer.recorded_at
    FROM owed
    CROSS JOIN LATERAL (
        SELECT f.id, f.recorded_at
        FROM asked a
        JOIN {known}(%(known_at)s) f ON f.person_id = a.member AND f.occurred_at >= owed.opens_at
         AND f.id >= first_id_of(local_date(owed.opens_at) - 1)
        WHERE a.subject = owed.subject
        ORDER BY f.occurred_at LIMIT 1
    ) answer
)
UPDATE loop_task t SET state = 'done', done_by = c.fact_id, closed_at = c.recorded_at FROM closing c WHERE t.id = c.id

-- name: close_tasks_area
-- A fact that says which reason it answers closes the tasks of that one alone: two orders to one unit are two tasks.
WITH owed AS MATERIALIZED (
    SELECT t.id, t.kind, t.opens_at, area.code, m.reason
    FROM subjects s
    JOIN loop_task t ON t.subject = s.subject AND t.subject_type = 'area' AND t.state IN ('open', 'failed')
    JOIN loop_measure m ON m.id = t.measure_id
    JOIN registry_area area ON area.id = t.subject
), closing AS (
    SELECT owed.id, answer.id AS fact_id, answer.recorded_at
    FROM owed
    JOIN LATERAL (
        SELECT f.id, f.recorded_at
        FROM unnest(%(facts)s::text[], %(tasks)s::text[]) AS d (fact, task)
        JOIN known_facts(%(known_at)s) f ON f.kind = d.fact AND f.area = owed.code AND f.occurred_at >= owed.opens_at
        WHERE d.task = owed.kind AND f.person_id IS NULL AND coalesce(f.detail ->> 'answers', owed.reason) = owed.reason
        ORDER BY f.occurred_at LIMIT 1
    ) answer ON true
)
UPDATE loop_task t SET state = 'done', done_by = c.fact_id, closed_at = c.recorded_at FROM closing c WHERE t.id = c.id

-- name: fail_tasks
UPDATE loop_task t
SET state = 'failed', closed_at = %(now)s, escalated_to = above.area,
    climbs_at = CASE WHEN length(above.area) > 2
                     THEN t.due_at + (t.due_at - t.opens_at) * CASE WHEN in_emergency(t.area, 'loop') THEN %(share)s::float8 ELSE 1 END END
FROM loop_task late
CROSS JOIN LATERAL (SELECT left(late.area, CASE length(late.area) WHEN 12 THEN 9 WHEN 9 THEN 6 WHEN 6 THEN 4 ELSE 2 END) AS area) above
WHERE t.id = late.id AND late.id = ANY(ARRAY(
    SELECT id FROM loop_task WHERE state = 'open' AND due_at <= %(now)s ORDER BY due_at LIMIT 20000 FOR UPDATE SKIP LOCKED
))

-- name: climb_tasks
-- What is still undone when its clock has run once more goes up another level, to the province at last; not when its measure is over.
UPDATE loop_task t
SET escalated_to = CASE WHEN m.state = 'in_force' THEN above.area ELSE t.escalated_to END,
    climbs_at = CASE WHEN m.state = 'in_force' AND length(above.area) > 2
                     THEN late.climbs_at + (t.due_at - t.opens_at) * CASE WHEN in_emergency(t.area, 'loop') THEN %(share)s::float8 ELSE 1 END END
FROM loop_task late
JOIN loop_measure m ON m.id = late.measure_id
CROSS JOIN LATERAL (SELECT left(late.escalated_to, CASE length(late.escalated_to) WHEN 9 THEN 6 WHEN 6 THEN 4 ELSE 2 END) AS area) above
WHERE t.id = late.id AND late.id = ANY(ARRAY(
    SELECT id FROM loop_task WHERE state = 'failed' AND climbs_at <= %(now)s ORDER BY climbs_at LIMIT 20000 FOR UPDATE SKIP LOCKED
))
