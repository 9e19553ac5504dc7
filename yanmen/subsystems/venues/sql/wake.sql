-- Check-ins that begin to count with this look wake whom the kernel watches, as a recorded one would.
SELECT wake_watched(array_agg(s.person_id), array_agg(s.place_id), array_agg(s.area::text)), count(*)
FROM venues_counted(%(now)s) s
WHERE s.claimed AND (s.recorded_at > %(from)s AND s.recorded_at <= %(to)s
                     OR s.recorded_at > %(settled_from)s AND s.recorded_at <= %(settled_to)s)
