-- Tubes that people were bound to since the last look, and those whose bindings came in behind an earlier look.
CREATE TEMP TABLE looked_tube ON COMMIT DROP AS
WITH fresh AS (
    SELECT b.tube, b.person_id, b.occurred_at, b.recorded_at
    FROM loop_bulk_screening_bound b
    WHERE b.recorded_at > %(again)s AND b.recorded_at <= %(to)s AND b.id >= first_id_of(%(oldest)s)
), counted AS (
    SELECT f.tube, min(f.occurred_at) AS first_at, max(f.recorded_at) > %(from)s AS is_new, count(DISTINCT f.person_id) AS people
    FROM fresh f GROUP BY f.tube
)
SELECT c.tube, least(c.first_at, t.first_at) AS first_at, c.is_new
FROM counted c LEFT JOIN screening_tube t ON t.code = c.tube
WHERE c.is_new OR t.code IS NULL OR t.members < c.people;
CREATE INDEX ON looked_tube (tube);
ANALYZE looked_tube;

-- Everybody who was bound to these tubes and was not taken back.
CREATE TEMP TABLE looked ON COMMIT DROP AS
SELECT b.id, b.person_id, coalesce(p.same_as_id, b.person_id) AS root, b.place_id, b.area::text COLLATE "C" AS area,
       b.occurred_at, b.tube, b.position, b.device, b.recorded_at > %(from)s AS is_new
FROM loop_bulk_screening_bound b
LEFT JOIN registry_person p ON p.id = b.person_id
WHERE b.tube IN (SELECT k.tube FROM looked_tube k)
  AND b.id >= first_id_of((SELECT greatest(%(oldest)s, coalesce(local_date(min(k.first_at)), %(oldest)s) - 1) FROM looked_tube k))
  AND b.recorded_at <= %(to)s
  AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = b.id AND c.recorded_at <= %(to)s);
CREATE INDEX ON looked (tube);
ANALYZE looked;
