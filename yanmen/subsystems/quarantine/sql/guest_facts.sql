-- What was told of some people since a moment and stands: symptoms, looks by a doctor, talks, releases checked, cases; oldest first.
SELECT f.id, f.person_id AS person, f.kind, f.occurred_at AS at, f.detail, f.recorded_by AS by
FROM known_facts(%(now)s) AS f
WHERE f.person_id = ANY (%(people)s) AND f.kind = ANY (%(kinds)s) AND f.occurred_at >= %(since)s
ORDER BY f.person_id, f.occurred_at, f.id
