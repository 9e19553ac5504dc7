-- The difference between the measures that should be in force and those that are.

-- name: impose
WITH new AS (
    INSERT INTO loop_measure (rule, kind, subject_type, subject, reason, area, state, edition_id, count_from, last_day,
                              known_on, next_change, since_at, evidence, imposed_at)
    SELECT d.rule, d.kind, %(subject_type)s, d.subject, d.reason, d.area, d.state, d.edition_id, d.count_from, d.last_day,
           d.known_on, d.next_change, d.since_at, d.evidence, %(now)s
    FROM desired d
    WHERE NOT EXISTS (
        SELECT 1 FROM loop_measure m
        WHERE m.subject = d.subject AND m.subject_type = %(subject_type)s AND m.rule = d.rule AND m.reason = d.reason
    )
    RETURNING *
), told AS (
    INSERT INTO loop_event (turn, at, act, measure_id, rule, kind, subject_type, subject, reason, area, state, edition_id,
                            count_from, last_day, known_on, over_hold, evidence, note)
    SELECT %(turn)s, %(now)s, CASE state WHEN 'proposed' THEN 'proposed' ELSE 'imposed' END, id, rule, kind, subject_type,
           subject, reason, area, state, edition_id, count_from, last_day, known_on, over_hold, evidence, ''
    FROM new
)
INSERT INTO touched
SELECT id, subject_type, subject, kind, CASE state WHEN 'proposed' THEN 'proposed' ELSE 'imposed' END, %(stratum)s FROM new

-- name: revise
WITH differing AS (
    SELECT m.id AS measure_id, m.state AS was, d.*
    FROM desired d
    JOIN loop_measure m
      ON m.subject = d.subject AND m.subject_type = %(subject_type)s AND m.rule = d.rule AND m.reason = d.reason
    WHERE (m.state IN ('proposed', 'in_force')
           AND (m.state, m.edition_id, m.count_from, m.last_day, m.area, m.evidence)
               IS DISTINCT FROM (d.state, d.edition_id, d.count_from, d.last_day, d.area, d.evidence))
       OR m.state = 'lifted'
       OR (m.state = 'completed' AND d.count_from > m.count_from AND d.last_day >= %(as_of)s)
), anew AS (
    UPDATE loop_measure m
    SET state = d.state, edition_id = d.edition_id, count_from = d.count_from, last_day = d.last_day, area = d.area,
        evidence = d.evidence, known_on = d.known_on, next_change = d.next_change, since_at = d.since_at,
        ended_at = NULL, end_reason = '', over_hold = m.over_hold AND d.last_day < %(as_of)s
    FROM differing d WHERE m.id = d.measure_id
    RETURNING m.*, CASE WHEN d.was IN ('lifted', 'completed') THEN 'imposed'
                        WHEN d.was = 'proposed' AND m.state = 'in_force' THEN 'approved'
                        ELSE 'revised' END AS act
), told AS (
    INSERT INTO loop_event (turn, at, act, measure_id, rule, kind, subject_type, subject, reason, area, state, edition_id,
                            count_from, last_day, known_on, over_hold, evidence, note)
    SELECT %(turn)s, %(now)s, act, id, rule, kind, subject_type, subject, reason, area, state, edition_id, count_from,
           last_day, known_on, over_hold, evidence, ''
    FROM anew
)
INSERT INTO touched SELECT id, subject_type, subject, kind, act, %(stratum)s FROM anew

-- name: advance
UPDATE loop_measure m SET next_change = d.next_change
FROM desired d
WHERE m.subject = d.subject AND m.subject_type = %(subject_type)s AND m.rule = d.rule AND m.reason = d.reason
  AND m.state IN ('proposed', 'in_force') AND m.next_change IS DISTINCT FROM d.next_change

-- name: lift
WITH gone AS (
    UPDATE loop_measure m
    SET state = 'lifted', ended_at = %(now)s, next_change = NULL, over_hold = false,
        end_reason = CASE WHEN m.edition_id = ANY(%(live)s::bigint[]) THEN 'reason_gone' ELSE 'edition' END
    FROM subjects s
    WHERE m.subject = s.subject AND m.subject_type = %(subject_type)s AND m.state IN ('proposed', 'in_force')
      AND (m.rule = ANY(%(rules)s) OR NOT m.rule = ANY(%(known_rules)s))
      AND NOT EXISTS (
          SELECT 1 FROM desired d WHERE d.subject = m.subject AND d.rule = m.rule AND d.reason = m.reason
      )
    RETURNING m.*
), told AS (
    INSERT INTO loop_event (turn, at, act, measure_id, rule, kind, subject_type, subject, reason, area, state, edition_id,
                            count_from, last_day, known_on, over_hold, evidence, note)
    SELECT %(turn)s, %(now)s, 'lifted', id, rule, kind, subject_type, subject, reason, area, state, edition_id, count_from,
           last_day, known_on, over_hold, evidence, end_reason
    FROM gone
)
INSERT INTO touched SELECT id, subject_type, subject, kind, 'lifted', %(stratum)s FROM gone

-- name: ending
INSERT INTO ending
SELECT m.id, m.rule, m.subject, a.member, m.count_from, m.last_day, m.edition_id
FROM asked a JOIN loop_measure m ON m.subject = a.subject AND m.subject_type = %(subject_type)s
WHERE m.state = 'in_force' AND m.last_day < %(as_of)s AND m.rule = ANY(%(rules)s)

-- name: complete
WITH served AS (
    UPDATE loop_measure m
    SET state = 'completed', ended_at = %(now)s, end_reason = 'served', next_change = NULL, over_hold = false
    FROM (SELECT DISTINCT measure_id, rule FROM ending) e
    JOIN jsonb_to_recordset(%(needs)s::jsonb) AS n (rule text, ends text[]) ON n.rule = e.rule
    LEFT JOIN (SELECT measure_id, array_agg(DISTINCT end_name) AS ends FROM met GROUP BY measure_id) has
      ON has.measure_id = e.measure_id
    WHERE m.id = e.measure_id AND n.ends <@ coalesce(has.ends, '{}')
    RETURNING m.*
), told AS (
    INSERT INTO loop_event (turn, at, act, measure_id, rule, kind, subject_type, subject, reason, area, state, edition_id,
                            count_from, last_day, known_on, over_hold, evidence, note)
    SELECT %(turn)s, %(now)s, 'completed', id, rule, kind, subject_type, subject, reason, area, state, edition_id, count_from,
           last_day, known_on, over_hold, evidence, end_reason
    FROM served
)
INSERT INTO touched SELECT id, subject_type, subject, kind, 'completed', %(stratum)s FROM served

-- name: over_hold
WITH held AS (
    UPDATE loop_measure m SET over_hold = true
    FROM (SELECT DISTINCT measure_id FROM ending) e
    WHERE m.id = e.measure_id AND m.state = 'in_force' AND NOT m.over_hold
    RETURNING m.*
), told AS (
    INSERT INTO loop_event (turn, at, act, measure_id, rule, kind, subject_type, subject, reason, area, state, edition_id,
                            count_from, last_day, known_on, over_hold, evidence, note)
    SELECT %(turn)s, %(now)s, 'over_held', id, rule, kind, subject_type, subject, reason, area, state, edition_id, count_from,
           last_day, known_on, over_hold, evidence, ''
    FROM held
)
INSERT INTO touched SELECT id, subject_type, subject, kind, 'over_held', %(stratum)s FROM held

-- name: acts
SELECT act, count(*) FROM touched GROUP BY act
