-- What was told of the course of one case, oldest first; what came back from another area stands once.
SELECT DISTINCT ON (fact.occurred_at, fact.detail) fact.id AS fact, fact.occurred_at AS at, coalesce(fact.detail ->> 'severity', '') AS severity,
       fact.detail ->> 'symptoms' AS symptoms, (fact.detail ->> 'temperature')::float8 AS temperature,
       (fact.detail ->> 'free_since')::date AS free_since, coalesce(fact.detail ->> 'note', '') AS note
FROM known_facts(%(known_at)s) AS fact
WHERE fact.person_id = %(person)s AND fact.kind = 'cases.course_told' AND fact.detail ->> 'case' = %(case)s
ORDER BY fact.occurred_at, fact.detail, fact.recorded_at DESC, fact.id DESC
