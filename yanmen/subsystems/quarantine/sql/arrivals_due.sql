-- Who is to come to a site and has not: rooms given, and the open transfer that brings them where there is one. Soonest first.
SELECT s.id AS stay, s.person_id AS person, s.party, r.number AS room, r.id AS room_id, s.needs, lower(s.during) AS expected,
       t.id AS transfer, t.state AS transfer_state, t.arrive_at, t.due_at, t.from_text, coalesce(t.arrive_at, t.due_at, lower(s.during)) AS at
FROM quarantine_stay s
JOIN quarantine_room r ON r.id = s.room_id
LEFT JOIN quarantine_transfer t ON t.person_id = s.person_id AND t.ended_at IS NULL AND t.state IN ('requested', 'released', 'approved', 'planned', 'picked_up')
WHERE s.site_id = %(site)s AND s.state = 'assigned' AND (upper(s.holds) IS NULL OR upper(s.holds) > %(now)s)
ORDER BY at, r.number
LIMIT %(most)s
