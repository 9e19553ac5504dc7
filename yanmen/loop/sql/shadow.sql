-- Shadow tables: temporary tables of the same names stand before the real ones in this session,
-- so that the very same turn can be tried, replayed and audited without touching anything.

-- name: shadow
CREATE TEMP TABLE loop_measure (LIKE public.loop_measure INCLUDING ALL);
CREATE TEMP TABLE loop_event (LIKE public.loop_event INCLUDING ALL);
CREATE TEMP TABLE loop_task (LIKE public.loop_task INCLUDING ALL);
CREATE TEMP TABLE loop_status (LIKE public.loop_status INCLUDING ALL);
CREATE TEMP TABLE loop_wake (LIKE public.loop_wake INCLUDING ALL);
CREATE TEMP TABLE loop_turn (LIKE public.loop_turn INCLUDING ALL);
CREATE TEMP TABLE loop_seal (LIKE public.loop_seal INCLUDING ALL);
CREATE TEMP TABLE loop_outbox (LIKE public.loop_outbox INCLUDING ALL);
CREATE TEMP TABLE loop_rule_state (LIKE public.loop_rule_state INCLUDING ALL)

-- name: copy_standing
INSERT INTO pg_temp.loop_measure OVERRIDING SYSTEM VALUE SELECT * FROM public.loop_measure;
SELECT setval(pg_get_serial_sequence('pg_temp.loop_measure', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM public.loop_measure));
INSERT INTO pg_temp.loop_event OVERRIDING SYSTEM VALUE SELECT * FROM public.loop_event WHERE subject_type = 'area';
SELECT setval(pg_get_serial_sequence('pg_temp.loop_event', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM public.loop_event));
INSERT INTO pg_temp.loop_status OVERRIDING SYSTEM VALUE SELECT * FROM public.loop_status;
SELECT setval(pg_get_serial_sequence('pg_temp.loop_status', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM public.loop_status));
ANALYZE pg_temp.loop_measure;
ANALYZE pg_temp.loop_status

-- name: copy_area_history
WITH copied AS (
    INSERT INTO pg_temp.loop_event OVERRIDING SYSTEM VALUE
    SELECT * FROM public.loop_event WHERE subject_type = 'area' AND at <= %(known_at)s
)
SELECT setval(pg_get_serial_sequence('pg_temp.loop_event', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM public.loop_event))

-- name: wake_recorded
INSERT INTO loop_wake (subject_type, subject)
SELECT 'person', person_id FROM loop_fact WHERE recorded_at > %(after)s AND recorded_at <= %(known_at)s AND person_id IS NOT NULL
UNION
SELECT 'area', a.id FROM loop_fact f JOIN registry_area a ON a.code = f.area AND a.valid_to IS NULL
WHERE f.recorded_at > %(after)s AND f.recorded_at <= %(known_at)s

-- name: differences
SELECT coalesce(s.kind, r.kind) AS kind, coalesce(s.rule, r.rule) AS rule, left(coalesce(s.area, r.area), 6) AS area,
       CASE WHEN r.id IS NULL THEN 'imposed' WHEN s.id IS NULL THEN 'lifted' ELSE 'revised' END AS act, count(*) AS subjects
FROM (SELECT * FROM pg_temp.loop_measure WHERE state IN ('proposed', 'in_force')) s
FULL JOIN (SELECT * FROM public.loop_measure WHERE state IN ('proposed', 'in_force')) r
  ON r.subject_type = s.subject_type AND r.subject = s.subject AND r.rule = s.rule AND r.reason = s.reason
WHERE r.id IS NULL OR s.id IS NULL OR (r.last_day, r.count_from) IS DISTINCT FROM (s.last_day, s.count_from)
   OR r.edition_id <> s.edition_id
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC

-- name: held
SELECT place, count(DISTINCT subject) AS people, count(*) AS person_days
FROM (
    SELECT m.subject, s.place, day::date AS day
    FROM loop_measure m JOIN loop_edition_stage s ON s.edition_id = m.edition_id
    CROSS JOIN LATERAL generate_series(
        greatest(m.count_from + s.from_day, m.known_on),
        least(m.count_from + coalesce(s.to_day, 0), coalesce(local_date(m.ended_at), %(as_of)s), %(as_of)s), interval '1 day') day
    WHERE m.subject_type = 'person' AND m.state <> 'proposed' AND s.place = ANY(%(places)s)
) d GROUP BY place

-- name: peak_rooms
SELECT max(rooms) FROM (
    SELECT day, count(DISTINCT m.subject) AS rooms
    FROM loop_measure m JOIN loop_edition_stage s ON s.edition_id = m.edition_id AND s.place = ANY(%(room_places)s)
    CROSS JOIN LATERAL generate_series(
        greatest(m.count_from + s.from_day, m.known_on),
        least(m.count_from + coalesce(s.to_day, 0), coalesce(local_date(m.ended_at), %(as_of)s), %(as_of)s), interval '1 day') day
    WHERE m.subject_type = 'person' AND m.state <> 'proposed' GROUP BY day
) r

-- name: totals
SELECT (SELECT count(DISTINCT subject) FROM loop_measure m WHERE m.subject_type = 'person' AND m.state <> 'proposed'
          AND EXISTS (SELECT 1 FROM loop_edition_stage s WHERE s.edition_id = m.edition_id AND s.place = ANY(%(places)s))) AS people,
       (SELECT count(*) FROM loop_task t WHERE t.kind = 'test' AND t.state <> 'cancelled' AND t.opens_at <= %(known_at)s) AS tests,
       (SELECT count(*) FROM loop_event WHERE act = 'imposed') AS imposed,
       (SELECT count(*) FROM loop_event WHERE act = 'lifted') AS lifted
