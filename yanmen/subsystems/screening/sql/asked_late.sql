-- Void tubes with more people in them than were asked to be sampled again: a phone has delivered since.
WITH asked AS (
    SELECT f.detail ->> 'tube' AS tube, count(*) AS people FROM known_facts(%(now)s) f
    WHERE f.kind = 'screening.void' AND f.recorded_at >= %(since)s GROUP BY 1
)
SELECT t.code, t.void_why FROM screening_tube t LEFT JOIN asked a ON a.tube = t.code
WHERE t.void_at >= %(since)s AND t.area >= %(area)s AND t.area < %(area)s || '~' AND t.members > coalesce(a.people, 0)
