-- What each room of these sites is now: free, given, staying, leaving, being cleaned or closed; how many people, since when and until when.
SELECT r.id, r.site_id AS site, r.floor_id AS floor, r.number, r.position, r.beds, r.features, r.closed_why, r.state AS turn,
       r.state_at, r.vacated_at, coalesce(s.staying, 0) AS staying, coalesce(s.given, 0) AS given, s.until, s.expected,
       CASE WHEN s.staying > 0 AND local_date(s.until) <= %(tomorrow)s THEN 'leaving'
            WHEN s.staying > 0 THEN 'staying'
            WHEN r.closed_why <> '' OR f.zone <> 'observation' THEN 'closed'
            WHEN r.state <> 'clean' THEN 'cleaning'
            WHEN s.given > 0 THEN 'given'
            ELSE 'free' END AS now
FROM quarantine_room r
JOIN quarantine_floor f ON f.id = r.floor_id
LEFT JOIN (SELECT room_id, count(*) FILTER (WHERE state = 'admitted') AS staying, count(*) FILTER (WHERE state = 'assigned') AS given,
                  min(upper(during)) FILTER (WHERE state = 'admitted') AS until,
                  min(lower(during)) FILTER (WHERE state = 'assigned') AS expected
           FROM quarantine_stay
           WHERE site_id = ANY (%(sites)s) AND (state = 'admitted' OR state = 'assigned' AND (upper(holds) IS NULL OR upper(holds) > %(now)s))
           GROUP BY room_id) s ON s.room_id = r.id
WHERE r.site_id = ANY (%(sites)s)
ORDER BY r.site_id, f.level, r.position, r.number
