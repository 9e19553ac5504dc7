-- Reports of a disease in an area and time as they stand, one a case, with everybody's merged number: what chains are drawn from.
SELECT DISTINCT ON (report.key) report.key, report.person_id, coalesce(person.same_as_id, person.id) AS root, report.area,
       report.occurred_at AS found_at, report.first_at, report.kind, report.setting, report.onset_on, report.sampled_on
FROM (
    SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.person_id, fact.area, fact.occurred_at, fact.recorded_at,
           min(fact.recorded_at) OVER (PARTITION BY coalesce(fact.detail ->> 'case', fact.id::text)) AS first_at,
           fact.detail ->> 'kind' AS kind, fact.detail ->> 'setting' AS setting,
           (fact.detail ->> 'onset_on')::date AS onset_on, (fact.detail ->> 'sampled_on')::date AS sampled_on
    FROM known_facts(%(known_at)s) AS fact
    WHERE fact.kind = 'cases.reported' AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND fact.occurred_at >= %(since)s AND fact.occurred_at < %(until)s
      AND coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') = %(disease)s
      AND coalesce(fact.detail ->> 'setting', '') <> 're_positive'
) AS report
LEFT JOIN registry_person AS person ON person.id = report.person_id
ORDER BY report.key, report.recorded_at DESC
