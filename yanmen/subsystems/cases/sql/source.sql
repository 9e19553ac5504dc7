-- Who infected a case, as told last: one row, or none.
SELECT fact.id AS fact, coalesce(fact.detail ->> 'infector', '') AS infector, coalesce(fact.detail ->> 'setting', '') AS setting,
       (fact.detail ->> 'certainty')::float8 AS certainty, coalesce(fact.detail ->> 'note', '') AS note,
       fact.occurred_at AS at, fact.recorded_by AS by
FROM known_facts(%(known_at)s) AS fact
WHERE fact.person_id = %(person)s AND fact.kind = 'cases.source_told' AND fact.detail ->> 'case' = %(case)s
ORDER BY fact.occurred_at DESC, fact.id DESC LIMIT 1
