-- One note a venue, reason and day, counted afresh from the check-ins that are in doubt now. Answers with those that are new.
WITH days AS (
    SELECT DISTINCT * FROM unnest(%(places)s::bigint[], %(whys)s::text[], %(days)s::date[]) AS d (place_id, why, day)
), counted AS (
    SELECT d.place_id, d.why, d.day, min(f.occurred_at) AS first_at, max(f.occurred_at) AS last_at,
           count(f.id) AS scans, count(DISTINCT f.person_id) AS people
    FROM days d
    LEFT JOIN known_facts(%(now)s) f ON f.kind = 'venues.scan_doubted' AND f.place_id = d.place_id AND f.detail ->> 'why' = d.why
         AND f.occurred_at >= day_start(d.day) AND f.occurred_at < day_start(d.day + 1)
    GROUP BY d.place_id, d.why, d.day
), homes AS (
    SELECT place_id, why, day, jsonb_object_agg(home, people) AS homes
    FROM (SELECT d.place_id, d.why, d.day, f.detail ->> 'home' AS home, count(DISTINCT f.person_id) AS people
          FROM days d
          JOIN known_facts(%(now)s) f ON f.kind = 'venues.scan_doubted' AND f.place_id = d.place_id AND f.detail ->> 'why' = d.why
               AND f.occurred_at >= day_start(d.day) AND f.occurred_at < day_start(d.day + 1)
          GROUP BY 1, 2, 3, 4) AS each
    GROUP BY place_id, why, day
), gone AS (
    UPDATE venues_note n SET scans = 0, people = 0, homes = '{}' FROM counted c
    WHERE n.venue_id = c.place_id AND n.why = c.why AND n.day = c.day AND c.scans = 0
)
INSERT INTO venues_note (venue_id, area, why, day, first_at, last_at, scans, people, homes, noted_at, seen_by, finding)
SELECT c.place_id, v.area, c.why, c.day, c.first_at, c.last_at, c.scans, c.people, h.homes, %(now)s, '', ''
FROM counted c
JOIN homes h USING (place_id, why, day)
JOIN venues_venue v ON v.place_id = c.place_id
ON CONFLICT (venue_id, why, day) DO UPDATE
SET first_at = excluded.first_at, last_at = excluded.last_at, scans = excluded.scans, people = excluded.people, homes = excluded.homes
RETURNING id, venue_id, why, day, scans, people, xmax = 0 AS is_new
