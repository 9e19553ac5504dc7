-- Forwarded codes: many people of other cities scan one code within a window, far more than is usual there, and nothing
-- recorded on the spot shows them in the city. Once a code is known to be forwarded, one further such scan is enough
-- until the code is issued anew. Looks at the venues where claimed check-ins came in since the last time.
WITH standing AS MATERIALIZED (
    SELECT (d.detail ->> 'scan')::uuid AS scan, d.detail ->> 'why' AS why, d.id
    FROM known_facts(%(now)s) d WHERE d.kind = 'venues.scan_doubted'
), fresh AS (
    SELECT s.place_id, min(s.occurred_at) AS first_at, max(s.occurred_at) AS last_at
    FROM known_presence_scanned(%(now)s) s
    WHERE s.recorded_at > %(from)s AND s.recorded_at <= %(to)s AND s.claimed AND s.place_id IS NOT NULL AND s.person_id IS NOT NULL
    GROUP BY s.place_id
), suspect AS (
    SELECT v.place_id, min(n.first_at) AS from_at, max(n.last_at) + %(suspect)s AS to_at
    FROM fresh JOIN venues_venue v ON v.place_id = fresh.place_id
    JOIN venues_note n ON n.venue_id = v.place_id AND n.why = 'forwarded' AND n.scans > 0 AND n.last_at >= v.seeded_at
    GROUP BY v.place_id
), elsewhere AS MATERIALIZED (
    SELECT s.id, s.person_id, s.place_id, s.area, s.occurred_at, left(p.area, 4) AS home, fresh.first_at
    FROM fresh
    JOIN known_presence_scanned(%(now)s) s
      ON s.place_id = fresh.place_id AND s.occurred_at BETWEEN fresh.first_at - %(window)s AND fresh.last_at + %(window)s
    JOIN registry_person p ON p.id = s.person_id
    WHERE s.claimed AND s.recorded_at <= %(to)s AND left(p.area, 4) <> left(s.area, 4)
), busy AS (
    SELECT e.place_id FROM elsewhere e GROUP BY e.place_id HAVING count(DISTINCT e.person_id) >= %(people)s
    UNION
    SELECT place_id FROM suspect
), far AS MATERIALIZED (
    SELECT e.*, (row_number() OVER (PARTITION BY e.place_id, e.person_id ORDER BY e.occurred_at, e.id) = 1)::int AS one
    FROM elsewhere e JOIN busy ON busy.place_id = e.place_id
    WHERE NOT EXISTS (
        SELECT FROM ({anchored}) a
        WHERE left(a.area, 4) = left(e.area, 4)
    )
), crowded AS (
    SELECT far.*, sum(one) OVER (PARTITION BY place_id ORDER BY occurred_at RANGE BETWEEN %(window)s PRECEDING AND CURRENT ROW) AS crowd
    FROM far
), peaked AS (
    SELECT crowded.*, max(crowd) OVER (PARTITION BY place_id ORDER BY occurred_at RANGE BETWEEN CURRENT ROW AND %(window)s FOLLOWING) AS peak
    FROM crowded
), usual AS (
    SELECT busy.place_id, extract(epoch FROM %(window)s) / extract(epoch FROM %(past)s) * (
        SELECT count(*) FROM known_presence_scanned(%(now)s) s JOIN registry_person p ON p.id = s.person_id
        WHERE s.place_id = busy.place_id AND s.claimed AND left(p.area, 4) <> left(s.area, 4)
          AND s.occurred_at >= fresh.first_at - %(window)s - %(past)s AND s.occurred_at < fresh.first_at - %(window)s
          AND s.id NOT IN (SELECT scan FROM standing)
    ) AS people
    FROM busy JOIN fresh ON fresh.place_id = busy.place_id
)
SELECT peaked.id, peaked.person_id, peaked.place_id, peaked.area, peaked.occurred_at, peaked.home
FROM peaked
JOIN usual ON usual.place_id = peaked.place_id
LEFT JOIN suspect ON suspect.place_id = peaked.place_id
WHERE (peaked.peak >= greatest(%(people)s, %(times)s * usual.people)
       OR peaked.occurred_at BETWEEN suspect.from_at AND suspect.to_at)
  AND peaked.id NOT IN (SELECT scan FROM standing)
ORDER BY peaked.place_id, peaked.id
