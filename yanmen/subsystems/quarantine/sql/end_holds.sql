-- A room that is clean again is held no longer by who left it last: until now, or until its next guest comes where it was clean too late.
UPDATE quarantine_stay AS gone
SET holds = tstzrange(lower(gone.holds), greatest(upper(gone.during), least(%(now)s, following.starts)))
FROM (SELECT s.id, (SELECT min(lower(n.holds)) FROM quarantine_stay n
                    WHERE n.room_id = s.room_id AND n.party <> s.party AND n.state <> 'cancelled' AND lower(n.holds) > lower(s.holds)) AS starts
      FROM quarantine_stay s WHERE s.room_id = ANY (%(rooms)s) AND s.state = 'left') AS following
WHERE gone.id = following.id AND NOT isempty(gone.holds) AND upper(gone.during) IS NOT NULL
  AND upper(gone.holds) = (SELECT max(upper(t.holds)) FROM quarantine_stay t WHERE t.room_id = gone.room_id AND t.state = 'left')
