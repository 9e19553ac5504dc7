-- What does not balance in the houses of an area: rooms, linen, bags and loads.
SELECT 'room_state_without_step' AS fault, r.site_id AS site, r.number AS what, r.area
FROM quarantine_room r
WHERE r.area >= %(area)s AND r.area < %(area)s || '~' AND r.state <> 'clean'
  AND r.state <> coalesce((SELECT p.state FROM quarantine_roomstep p WHERE p.room_id = r.id ORDER BY p.at DESC, p.id DESC LIMIT 1), '')
UNION ALL
SELECT 'guest_in_unclean_room', r.site_id, r.number, r.area
FROM quarantine_room r
WHERE r.area >= %(area)s AND r.area < %(area)s || '~' AND r.state <> 'clean'
  AND EXISTS (SELECT FROM quarantine_stay s WHERE s.room_id = r.id AND s.state = 'admitted')
UNION ALL
SELECT 'linen_below_nothing', m.site_id, m.place, min(m.area)
FROM (SELECT site_id, area, source AS place, -sets::bigint AS sets FROM quarantine_linenmove
      UNION ALL SELECT site_id, area, target, sets FROM quarantine_linenmove) m
WHERE m.area >= %(area)s AND m.area < %(area)s || '~' AND m.place <> 'outside'
GROUP BY m.site_id, m.place HAVING sum(m.sets) < 0
UNION ALL
SELECT 'bag_missing', b.site_id, b.code, b.area
FROM quarantine_wastebag b
WHERE b.area >= %(area)s AND b.area < %(area)s || '~' AND b.state = 'missing'
UNION ALL
SELECT 'bag_disposed_with_load_out', b.site_id, b.code, b.area
FROM quarantine_wastebag b JOIN quarantine_wasteload l ON l.id = b.load_id
WHERE b.area >= %(area)s AND b.area < %(area)s || '~' AND (b.state = 'disposed') <> (l.disposed_at IS NOT NULL) AND b.state <> 'missing'
UNION ALL
SELECT 'load_against_bags', l.site_id, l.manifest, l.area
FROM quarantine_wasteload l
LEFT JOIN LATERAL (SELECT count(*) AS bags, coalesce(sum(b.kg), 0) AS kg FROM quarantine_wastebag b WHERE b.load_id = l.id) o ON true
WHERE l.area >= %(area)s AND l.area < %(area)s || '~' AND (l.bags, l.kg) <> (o.bags, o.kg)
UNION ALL
SELECT 'load_against_plant', l.site_id, l.manifest, l.area
FROM quarantine_wasteload l
WHERE l.area >= %(area)s AND l.area < %(area)s || '~' AND l.disposed_at IS NOT NULL
  AND (l.received_bags <> l.bags OR abs(l.received_kg - l.kg) > l.kg * %(off)s / 100)
ORDER BY 1, 2, 3
LIMIT 1000
