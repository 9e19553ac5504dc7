-- Stays that are not cancelled, of the asker's areas, with their rooms: as stored, for checking.
SELECT t.id AS stay, t.person_id AS person, t.party, t.room_id AS room, t.site_id AS site, t.group, t.state, t.area::text AS area,
       lower(t.during) AS since, upper(t.during) AS until, upper(t.holds) AS held_until,
       r.site_id AS room_site, r.beds, r.features, r.closed_why, f.zone, s.kind, s.state AS site_state, s.dialysis, s.languages
FROM quarantine_stay t
JOIN quarantine_room r ON r.id = t.room_id
JOIN quarantine_floor f ON f.id = r.floor_id
JOIN quarantine_site s ON s.place_id = t.site_id
WHERE t.state <> 'cancelled' AND NOT isempty(t.during) AND (upper_inf(t.during) OR upper(t.during) > %(since)s)
  AND (t.area >= %(area)s AND t.area < %(area)s || '~' OR t.home_area >= %(area)s AND t.home_area < %(area)s || '~')
