-- What an investigator said of the exposures of a case; what came back from another area stands once.
SELECT DISTINCT ON ((fact.detail ->> 'since')::timestamptz, fact.detail) fact.id AS fact, coalesce(fact.detail ->> 'where', '') AS where_told, (fact.detail ->> 'since')::timestamptz AS since,
       (fact.detail ->> 'until')::timestamptz AS until, (fact.detail ->> 'holds')::boolean AS holds,
       (fact.detail ->> 'basis')::uuid AS basis, coalesce(fact.detail ->> 'note', '') AS note,
       fact.recorded_at AS at, fact.recorded_by AS by
FROM known_facts(%(known_at)s) AS fact
WHERE fact.person_id = %(person)s AND fact.kind = 'cases.exposure_told' AND fact.detail ->> 'case' = %(case)s
ORDER BY (fact.detail ->> 'since')::timestamptz, fact.detail, fact.recorded_at DESC, fact.id DESC
