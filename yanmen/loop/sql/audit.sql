-- The audit: the chain, the ledger against the state, the state against the facts, and what does not balance.

-- name: last_turn
SELECT at FROM loop_turn ORDER BY id DESC LIMIT 1

-- name: broken_seals
WITH linked AS (
    SELECT s.turn, s.events, s.digest, s.previous, lag(s.digest, 1, ''::bytea) OVER (ORDER BY s.id) AS before
    FROM loop_seal s
), counted AS (
    SELECT l.*, n.events AS found, sha256(l.before || convert_to(coalesce(n.said, ''), 'UTF8')) AS now_digest
    FROM linked l
    LEFT JOIN LATERAL (
        SELECT count(*) AS events, string_agg(event_text(ROW(e.*)::public.loop_event), E'\n' ORDER BY e.id) AS said FROM loop_event e WHERE e.turn = l.turn
    ) n ON true
)
SELECT turn, events, found FROM counted
WHERE found <> events OR previous <> before OR now_digest <> digest ORDER BY turn

-- name: unsealed_events
SELECT e.turn, count(*) FROM loop_event e WHERE NOT EXISTS (SELECT 1 FROM loop_seal s WHERE s.turn = e.turn) GROUP BY e.turn

-- name: state_against_ledger
WITH latest AS (
    SELECT DISTINCT ON (measure_id) * FROM loop_event ORDER BY measure_id, id DESC
)
SELECT coalesce(m.id, l.measure_id), coalesce(m.rule, l.rule), coalesce(m.subject_type, l.subject_type),
       coalesce(m.subject, l.subject), coalesce(m.state, 'missing'), coalesce(l.state, 'missing')
FROM loop_measure m FULL JOIN latest l ON l.measure_id = m.id
WHERE m.id IS NULL OR l.id IS NULL
   OR (m.state, m.count_from, m.last_day, m.edition_id, m.rule, m.subject, m.reason)
      IS DISTINCT FROM (l.state, l.count_from, l.last_day, l.edition_id, l.rule, l.subject, l.reason)
ORDER BY 1

-- name: measures_against_facts
SELECT coalesce(s.rule, r.rule), coalesce(s.subject, r.subject), coalesce(s.reason, r.reason),
       CASE WHEN r.id IS NULL THEN 'owed by the facts, not stored' WHEN s.id IS NULL THEN 'stored, not owed by the facts'
            ELSE 'stored with other dates or values' END
FROM (SELECT * FROM pg_temp.loop_measure WHERE state IN ('proposed', 'in_force') AND subject_type = %(subject_type)s) s
FULL JOIN (SELECT * FROM public.loop_measure WHERE state IN ('proposed', 'in_force') AND subject_type = %(subject_type)s) r
  ON r.subject = s.subject AND r.rule = s.rule AND r.reason = s.reason
WHERE (r.id IS NULL AND NOT EXISTS (
          SELECT 1 FROM public.loop_measure c WHERE c.subject = s.subject AND c.subject_type = s.subject_type
             AND c.rule = s.rule AND c.reason = s.reason AND c.state = 'completed'))
   OR s.id IS NULL
   OR (r.id IS NOT NULL AND (r.state, r.count_from, r.last_day, r.edition_id, r.evidence)
       IS DISTINCT FROM (s.state, s.count_from, s.last_day, s.edition_id, s.evidence))
ORDER BY 2, 1

-- name: statuses_against_facts
SELECT coalesce(s.status, r.status), coalesce(s.subject, r.subject), r.value, s.value
FROM (SELECT * FROM pg_temp.loop_status WHERE subject_type = %(subject_type)s) s
FULL JOIN (SELECT * FROM public.loop_status WHERE subject_type = %(subject_type)s AND because <> '{}') r
  ON r.subject = s.subject AND r.status = s.status
WHERE coalesce(s.because, '{}') <> '{}' AND r.value IS DISTINCT FROM s.value OR (s.subject IS NULL AND r.subject IS NOT NULL)
ORDER BY 2

-- name: wake_type
INSERT INTO loop_wake (subject_type, subject)
SELECT 'person', person_id FROM loop_fact WHERE %(subject_type)s = 'person' AND person_id IS NOT NULL AND recorded_at <= %(known_at)s
GROUP BY person_id
UNION
SELECT 'person', subject FROM public.loop_measure WHERE %(subject_type)s = 'person' AND subject_type = 'person'
UNION ALL
SELECT 'area', a.id FROM registry_area a
WHERE %(subject_type)s = 'area' AND a.valid_to IS NULL
  AND (a.code IN (SELECT area FROM loop_fact WHERE recorded_at <= %(known_at)s)
       OR a.id IN (SELECT subject FROM public.loop_measure WHERE subject_type = 'area'))

-- name: counts
SELECT (SELECT count(*) FROM loop_fact), (SELECT count(*) FROM loop_measure), (SELECT count(*) FROM loop_event),
       (SELECT count(*) FROM loop_task), (SELECT count(*) FROM loop_status), (SELECT count(*) FROM loop_seal)

-- name: balance_no_end
SELECT m.id, m.rule, m.subject FROM loop_measure m
WHERE m.state = 'in_force' AND m.subject_type = 'person' AND m.last_day IS NULL
  AND NOT EXISTS (SELECT 1 FROM loop_edition_stage s WHERE s.edition_id = m.edition_id)

-- name: balance_no_evidence
SELECT m.id, m.rule, m.subject FROM loop_measure m
WHERE m.state IN ('proposed', 'in_force') AND NOT EXISTS (SELECT 1 FROM loop_fact f WHERE f.id = ANY(m.evidence))
  AND NOT is_bulk_fact(m.evidence)

-- name: balance_task_without_measure
SELECT t.id, t.kind, t.subject FROM loop_task t
WHERE t.state = 'open' AND NOT EXISTS (SELECT 1 FROM loop_measure m WHERE m.id = t.measure_id AND m.state = 'in_force')

-- name: balance_over_hold_without_review
SELECT m.id, m.rule, m.subject FROM loop_measure m
WHERE m.over_hold AND m.state = 'in_force'
  AND NOT EXISTS (SELECT 1 FROM loop_task t WHERE t.measure_id = m.id AND t.kind = 'release_review' AND t.state IN ('open', 'failed', 'done'))

-- name: balance_done_without_fact
WITH missing AS MATERIALIZED (
    SELECT t.id, t.kind, t.subject, t.done_by FROM loop_task t
    WHERE t.state = 'done' AND NOT EXISTS (SELECT 1 FROM loop_fact f WHERE f.id = t.done_by)
), elsewhere AS MATERIALIZED (
    SELECT bulk_facts_among((SELECT array_agg(m.done_by) FROM missing m)) AS id
)
SELECT m.id, m.kind, m.subject FROM missing m WHERE NOT EXISTS (SELECT FROM elsewhere e WHERE e.id = m.done_by)
