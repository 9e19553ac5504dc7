-- Released tubes of a province's laboratories to which people are bound whom a phone delivered only after the release: bindings
-- since the look before the last one, and a while before it, as looks themselves go back.
SELECT DISTINCT t.code
FROM loop_bulk_screening_bound b
JOIN screening_tube t ON t.code = b.tube
WHERE b.recorded_at > (SELECT coalesce(min(l.up_to), '-infinity') - %(behind)s
                       FROM (SELECT up_to FROM screening_look ORDER BY id DESC LIMIT 2) AS l)
  AND b.recorded_at <= %(now)s AND b.id >= first_id_of(%(oldest)s) AND b.person_id IS NOT NULL
  AND t.released_at < b.recorded_at AND t.told IS NOT NULL AND b.occurred_at <= t.received_at
  AND t.lab_area >= %(area)s AND t.lab_area < %(area)s || '~'
ORDER BY t.code
