-- Explaining: how a subject's measures stood at a moment, and on what.

-- name: ask_one
INSERT INTO asked
SELECT p.id, p.id FROM registry_person p WHERE p.id = %(person)s
UNION ALL
SELECT p.same_as_id, p.id FROM registry_person p WHERE p.same_as_id = %(person)s

-- name: standing
SELECT DISTINCT ON (e.measure_id) e.measure_id AS id, e.rule, e.kind, e.reason, e.area, e.state, e.act, e.edition_id,
       e.count_from, e.last_day, e.known_on, e.over_hold, e.evidence::text[] AS evidence, e.note, e.at
FROM loop_event e
WHERE e.subject = %(subject)s AND e.subject_type = %(subject_type)s AND e.at <= %(known_at)s
ORDER BY e.measure_id, e.id DESC

-- name: story
SELECT e.measure_id, e.at, e.act, e.note, e.count_from, e.last_day, e.edition_id
FROM loop_event e
WHERE e.subject = %(subject)s AND e.subject_type = %(subject_type)s AND e.at <= %(known_at)s
ORDER BY e.id

-- name: edition_bodies
SELECT id, rule, area, valid_from, body FROM loop_edition WHERE id = ANY(%(ids)s)

-- name: evidence
SELECT f.id::text AS id, f.kind, f.area, f.occurred_at, f.recorded_at, f.recorded_by, f.detail, f.person_id, later.id::text AS corrected_by,
       CASE WHEN later.kind = 'fact.withdrawn' THEN later.detail ->> 'reason' END AS corrected_because
FROM loop_fact f
LEFT JOIN LATERAL (
    SELECT c.* FROM loop_fact c WHERE c.corrects = f.id AND c.recorded_at <= %(known_at)s ORDER BY c.recorded_at, c.id LIMIT 1
) later ON true
WHERE f.id = ANY(%(ids)s::uuid[]) ORDER BY f.occurred_at

-- name: bulk_evidence
SELECT f.id::text AS id, %(kind)s::text AS kind, f.area, f.occurred_at, f.recorded_at, f.recorded_by,
       jsonb_strip_nulls(to_jsonb(f) - ARRAY['id', 'person_id', 'place_id', 'area', 'occurred_at', 'recorded_at', 'recorded_by']) AS detail,
       f.person_id, later.id::text AS corrected_by,
       CASE WHEN later.kind = 'fact.withdrawn' THEN later.detail ->> 'reason' END AS corrected_because
FROM {table} f
LEFT JOIN LATERAL (
    SELECT c.* FROM loop_fact c WHERE c.corrects = f.id AND c.recorded_at <= %(known_at)s ORDER BY c.recorded_at, c.id LIMIT 1
) later ON true
WHERE f.id = ANY(%(ids)s::uuid[]) ORDER BY f.occurred_at

-- name: open_tests
SELECT t.measure_id, t.kind, t.ordinal, t.due_at, t.opens_at, t.state
FROM loop_task t WHERE t.subject = %(subject)s AND t.subject_type = %(subject_type)s AND t.state IN ('open', 'failed', 'done')
ORDER BY t.due_at
