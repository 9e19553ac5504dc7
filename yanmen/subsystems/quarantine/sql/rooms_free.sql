-- Rooms of open sites of the asker's areas that nobody holds from a moment on: clean, not closed, nobody still inside.
SELECT r.id AS room, r.number, r.beds, r.features, r.position, r.floor_id AS floor, f.level, r.site_id AS site
FROM quarantine_room r
JOIN quarantine_floor f ON f.id = r.floor_id AND f.zone = 'observation'
JOIN quarantine_site s ON s.place_id = r.site_id AND s.state = 'open'
WHERE r.area >= %(area)s AND r.area < %(area)s || '~' AND r.closed_why = '' AND r.state = 'clean'
  AND (%(site)s::bigint IS NULL OR r.site_id = %(site)s)
  AND NOT EXISTS (
      SELECT FROM quarantine_stay t
      WHERE t.room_id = r.id AND (t.state = 'admitted' OR t.state <> 'cancelled' AND (upper_inf(t.holds) OR upper(t.holds) > %(at)s)))
ORDER BY r.site_id, f.level, r.position, r.id
