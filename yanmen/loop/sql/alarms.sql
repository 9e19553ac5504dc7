-- Alarms for inspection.

-- name: raise_alarm
INSERT INTO loop_alarm (at, kind, actor, count, detail)
VALUES (%(now)s, %(kind)s, %(actor)s, %(count)s, %(detail)s::jsonb)

-- name: orders_without_ground
-- Orders that somebody approved and of which no measure came: policy does not bear them (too long, by one's own house, not on its
-- list). A row a county, unit, document and day, told once.
WITH approved AS (
    SELECT DISTINCT f.id, left(f.area, 6) AS area, f.detail ->> 'unit' AS unit, f.detail ->> 'document' AS document,
           local_date(f.occurred_at)::text AS day, f.person_id, f.recorded_by
    FROM loop_fact f
    JOIN loop_fact g ON g.person_id = f.person_id AND g.kind = 'measure.approved' AND g.detail ->> 'reason' = f.id::text
    WHERE f.kind = 'measure.ordered' AND f.recorded_at >= %(since)s AND f.recorded_at <= %(now)s AND g.recorded_at <= %(now)s
      AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects IN (f.id, g.id))
      AND NOT EXISTS (SELECT FROM loop_measure m WHERE m.subject_type = 'person' AND m.subject = f.person_id
                      AND m.rule = g.detail ->> 'rule' AND m.reason = f.id::text AND m.state <> 'proposed')
), told AS (
    SELECT min(recorded_by) AS actor, count(DISTINCT person_id)::int AS people,
           jsonb_build_object('area', area, 'unit', unit, 'document', document, 'day', day) AS detail
    FROM approved GROUP BY area, unit, document, day
)
INSERT INTO loop_alarm (at, kind, actor, count, detail)
SELECT %(now)s, 'orders_without_ground', actor, people, detail FROM told
WHERE NOT EXISTS (SELECT FROM loop_alarm a WHERE a.kind = 'orders_without_ground' AND a.detail = told.detail)

-- name: silent_edges
-- Edges that ended without a word, or cannot reach the database, and were not started again at once: each silence once.
WITH told AS (
    SELECT jsonb_build_object('edge', r.name, 'since', r.heard_at) AS detail FROM loop_edgerun r
    WHERE r.ended_at IS NULL AND r.heard_at < %(now)s - %(silent)s AND r.heard_at >= %(looked_back)s
      AND NOT EXISTS (SELECT FROM loop_edgerun n WHERE n.name = r.name AND n.started_at > r.started_at AND n.started_at < r.heard_at + %(silent)s)
)
INSERT INTO loop_alarm (at, kind, actor, count, detail)
SELECT %(now)s, 'edge_silent', %(by)s, 1, detail FROM told
WHERE NOT EXISTS (SELECT FROM loop_alarm a WHERE a.kind = 'edge_silent' AND a.detail = told.detail)
