-- Writing facts: once each, waking whom they may touch, all in the statement that stores them.

-- name: record
WITH batch AS (
    SELECT b.*
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS b (
        id uuid, person_id bigint, place_id bigint, area text, occurred_at timestamptz, detail jsonb, corrects uuid
    )
), stored AS (
    INSERT INTO loop_fact (id, kind, person_id, place_id, area, occurred_at, recorded_at, recorded_by, detail, corrects)
    SELECT id, %(kind)s, person_id, place_id, area, occurred_at, %(now)s, %(by)s, detail, corrects FROM batch
    ON CONFLICT (id) DO NOTHING
    RETURNING person_id, area, corrects
), touched AS (
    SELECT person_id, area FROM stored
    UNION ALL
    SELECT f.person_id, f.area FROM stored JOIN loop_fact f ON f.id = stored.corrects
), woken AS (
    INSERT INTO loop_wake (subject_type, subject)
    SELECT 'person', person_id FROM touched WHERE %(wakes_person)s AND person_id IS NOT NULL
    UNION
    SELECT 'area', a.id FROM touched JOIN registry_area a ON a.code = touched.area
    WHERE %(wakes_area)s AND a.valid_to IS NULL
)
SELECT count(*) FROM stored

-- name: fact
SELECT id, kind, person_id, place_id, area, occurred_at, recorded_at, recorded_by, detail, corrects
FROM loop_fact WHERE id = %(id)s

-- name: wake
INSERT INTO loop_wake (subject_type, subject)
SELECT %(subject_type)s, s FROM unnest(%(subjects)s::bigint[]) s
