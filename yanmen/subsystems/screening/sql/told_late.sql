-- Released tubes of a province's laboratories to which people are bound whom a phone delivered only after the release.
SELECT DISTINCT t.code
FROM loop_bulk_screening_bound b
JOIN screening_tube t ON t.code = b.tube
WHERE b.recorded_at > %(since)s AND b.recorded_at <= %(now)s AND b.id >= first_id_of(%(oldest)s) AND b.person_id IS NOT NULL
  AND t.released_at < b.recorded_at AND t.told IS NOT NULL AND b.occurred_at <= t.received_at
  AND t.lab_area >= %(area)s AND t.lab_area < %(area)s || '~'
ORDER BY t.code
