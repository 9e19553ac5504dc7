-- Check-ins that begin to count with this look wake whom the kernel watches, as a recorded one would. Whoever is woken in
-- vain is looked at and stays as they are.
WITH standing AS MATERIALIZED (
    SELECT (d.detail ->> 'scan')::uuid AS scan FROM known_facts(%(now)s) d WHERE d.kind = 'venues.scan_doubted'
), begins AS (
    SELECT s.id, s.person_id, s.place_id, s.area, true AS is_new
    FROM known_presence_scanned(%(now)s) s
    WHERE s.claimed AND s.recorded_at > %(from)s AND s.recorded_at <= %(to)s
    UNION ALL
    SELECT s.id, s.person_id, s.place_id, s.area, false
    FROM known_presence_scanned(%(now)s) s JOIN registry_person p ON p.id = s.person_id
    WHERE s.claimed AND s.recorded_at > %(settled_from)s AND s.recorded_at <= %(settled_to)s AND left(p.area, 6) <> left(s.area, 6)
)
SELECT wake_watched(array_agg(b.person_id), array_agg(b.place_id), array_agg(b.area::text)), count(*) FILTER (WHERE b.is_new)
FROM begins b
WHERE b.place_id IS NOT NULL AND b.id NOT IN (SELECT scan FROM standing)
