-- What facts say of a person's immunity to a disease: doses given, and whether immunity was found, latest first.
SELECT fact.id AS fact, fact.kind, fact.occurred_at AS at, fact.detail ->> 'vaccine' AS vaccine,
       (fact.detail ->> 'immune')::boolean AS immune, fact.detail ->> 'basis' AS basis
FROM known_facts(%(known_at)s) AS fact
WHERE fact.person_id = %(person)s AND fact.kind IN ('tracing.immunity_found', 'tracing.contact_vaccinated')
  AND coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') = %(disease)s
ORDER BY fact.occurred_at DESC
