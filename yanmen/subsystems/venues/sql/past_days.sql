-- The days of each open venue up to the last counted one, oldest first, with the last count at its door.
SELECT v.place_id, v.area, array_agg(
           ARRAY[d.day - DATE '2000-01-01', d.scans, d.people, d.claimed, d.same_second, d.whole_minute, d.top_device, d.passes]
           ORDER BY d.day),
       spot.entered, spot.checked_in
FROM venues_venue v
JOIN venues_day d ON d.venue_id = v.place_id AND d.day > %(day)s - %(days)s AND d.day <= %(day)s
LEFT JOIN LATERAL (
    SELECT (f.detail ->> 'entered')::integer AS entered, (f.detail ->> 'checked_in')::integer AS checked_in
    FROM known_facts(%(now)s) f
    WHERE f.kind = 'venues.spot_checked' AND f.area = v.area AND f.place_id = v.place_id AND f.occurred_at >= day_start(%(day)s - %(days)s)
    ORDER BY f.occurred_at DESC LIMIT 1
) spot ON true
WHERE v.closed_at IS NULL
GROUP BY v.place_id, v.area, spot.entered, spot.checked_in
