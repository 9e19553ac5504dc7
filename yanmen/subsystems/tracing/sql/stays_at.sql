-- Stays at one place that reach into a time, in order of arrival.
SELECT person_id, place_id, area, arrived, left_at, fact_id, via
FROM tracing_stay
WHERE place_id = %(place)s AND arrived >= %(since)s - interval '12 hours' AND arrived < %(until)s
  AND left_at >= %(since)s AND area >= %(area)s AND area < %(area)s || '~'
ORDER BY arrived, fact_id
LIMIT %(limit)s
