-- Tubes of the asker's areas by hour: sampled, received, released.
SELECT date_trunc('hour', m.at) AS hour, count(*) FILTER (WHERE m.gate = 'sampled') AS sampled,
       count(*) FILTER (WHERE m.gate = 'received') AS received, count(*) FILTER (WHERE m.gate = 'released') AS released
FROM screening_tube t
CROSS JOIN LATERAL (VALUES ('sampled', t.first_at), ('received', t.received_at), ('released', t.released_at)) AS m (gate, at)
WHERE t.first_at >= %(since)s - interval '3 days' AND m.at >= %(since)s AND m.at <= %(now)s
  AND (t.area >= %(area)s AND t.area < %(area)s || '~' OR t.lab_area >= %(area)s AND t.lab_area < %(area)s || '~')
GROUP BY 1 ORDER BY 1
