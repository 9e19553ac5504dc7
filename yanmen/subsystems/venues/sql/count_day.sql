-- One finished day of every venue in numbers. Run again it counts afresh: devices may deliver days later.
WITH standing AS MATERIALIZED (
    SELECT (d.detail ->> 'scan')::uuid AS scan FROM known_facts(%(now)s) d WHERE d.kind = 'venues.scan_doubted'
), scans AS (
    SELECT s.place_id, s.person_id, s.claimed IS TRUE AS claimed, s.device,
           extract(second FROM date_trunc('second', s.occurred_at)) = 0 AND coalesce(s.via, '') <> 'paper' AS whole_minute,
           count(*) OVER (PARTITION BY s.place_id, date_trunc('second', s.occurred_at)) > 1 AND coalesce(s.via, '') <> 'paper' AS same_second,
           s.id IN (SELECT scan FROM standing) AS doubted
    FROM known_presence_scanned(%(now)s) s
    WHERE s.place_id IS NOT NULL AND s.id >= first_id_of(%(day)s - 1)
      AND s.occurred_at >= day_start(%(day)s) AND s.occurred_at < day_start(%(day)s + 1)
), each AS (
    SELECT place_id, count(*) AS scans, count(DISTINCT person_id) AS people, count(*) FILTER (WHERE claimed) AS claimed,
           count(*) FILTER (WHERE doubted) AS doubted, count(*) FILTER (WHERE same_second) AS same_second,
           count(*) FILTER (WHERE whole_minute) AS whole_minute
    FROM scans GROUP BY place_id
), devices AS (
    SELECT place_id, max(scans) AS top_device
    FROM (SELECT place_id, count(*) AS scans FROM scans WHERE claimed AND device IS NOT NULL GROUP BY place_id, device) AS of_device
    GROUP BY place_id
), passes AS (
    SELECT place_id, count(*) AS passes FROM ({passes}) AS p GROUP BY place_id
)
INSERT INTO venues_day (venue_id, area, day, scans, people, claimed, doubted, same_second, whole_minute, top_device, passes)
SELECT v.place_id, v.area, %(day)s, coalesce(e.scans, 0), coalesce(e.people, 0), coalesce(e.claimed, 0), coalesce(e.doubted, 0),
       coalesce(e.same_second, 0), coalesce(e.whole_minute, 0), coalesce(d.top_device, 0), coalesce(p.passes, 0)
FROM venues_venue v
LEFT JOIN each e ON e.place_id = v.place_id
LEFT JOIN devices d ON d.place_id = v.place_id
LEFT JOIN passes p ON p.place_id = v.place_id
WHERE v.opened_at < day_start(%(day)s + 1) AND (v.closed_at IS NULL OR v.closed_at > day_start(%(day)s))
ON CONFLICT (venue_id, day) DO UPDATE
SET area = excluded.area, scans = excluded.scans, people = excluded.people, claimed = excluded.claimed, doubted = excluded.doubted,
    same_second = excluded.same_second, whole_minute = excluded.whole_minute, top_device = excluded.top_device, passes = excluded.passes
