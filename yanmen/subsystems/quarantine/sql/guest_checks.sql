-- Temperatures and symptoms of some people since a moment, oldest first.
SELECT f.id, f.person_id AS person, f.occurred_at AS at, f.celsius, coalesce(f.symptoms, '') AS symptoms, f.recorded_by AS by
FROM known_quarantine_checked(%(now)s) AS f
WHERE f.person_id = ANY (%(people)s) AND f.occurred_at >= %(since)s AND f.id >= first_id_of(local_date(%(since)s) - 1)
ORDER BY f.person_id, f.occurred_at, f.id
