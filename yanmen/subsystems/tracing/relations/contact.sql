-- relation: contact
-- subject: person
-- zh: 密接与次密接
-- en: Close contacts and contacts of close contacts
-- facts: tracing.contact_found
-- column: case_id text | 病例编号 | Key of the case
-- column: degree integer | 1密接，2密接的密接 | 1 close contact, 2 contact of a close contact
-- column: first_exposed date | 首次暴露日期（空：不详） | Day of the first exposure (empty: unknown)
-- column: last_exposed date | 末次暴露日期 | Day of the last exposure
-- column: high_risk boolean | 次密接：是否与高风险密接长时间接触（空：未判定） | Degree 2: long-time contact with a close contact of higher risk (empty: not judged)
-- column: linked_first_two_negative boolean | 次密接：关联密接前两次核酸是否均为阴性（空：结果未齐） | Degree 2: whether the first two tests of the linked close contact are negative (empty: not both known)
-- column: via text | 接触方式 | How they were in contact
-- column: age integer | 末次暴露时年龄 | Age in years at the last exposure
-- column: since_at timestamptz | 判定时刻（时限起点） | Moment the person was found to be this contact, from which clocks run
--
-- COVID-19 only; other diseases have relations of their own. One row a person and case. A close contact is not also a contact of a contact of the same case; the link that
-- tested positive leads, then the latest exposure. A first two that includes a positive is part of the evidence.
-- The linked person's own facts wake them, and contact.stale.sql passes that on: they are not listed above, where
-- kinds also say whom the relation can be skipped for.
WITH said AS (
    SELECT asked.subject, fact.id,
           fact.detail ->> 'case' AS case_id,
           (fact.detail ->> 'degree')::integer AS degree,
           (fact.detail ->> 'first_exposed')::date AS first_exposed,
           (fact.detail ->> 'last_exposed')::date AS last_exposed,
           (fact.detail ->> 'high_risk')::boolean AS high_risk,
           (fact.detail ->> 'linked')::bigint AS linked,
           fact.detail ->> 'via' AS via,
           traced_since(fact, ARRAY['case', 'degree', 'last_exposed', 'linked'], %(known_at)s) AS found_at
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'tracing.contact_found'
    WHERE coalesce(fact.detail ->> 'disease', 'covid19') = 'covid19' AND traced_case_stands(fact.detail ->> 'case', %(known_at)s)
), linked AS (
    SELECT said.*, tested.first_two_negative, tested.evidence AS positive, tested.positive_at
    FROM said
    LEFT JOIN LATERAL (
        SELECT coalesce(person.same_as_id, person.id) AS id
        FROM registry_person AS person
        WHERE person.id = said.linked AND said.degree = 2
    ) AS near ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT person.id) AS ids
        FROM registry_person AS person
        WHERE person.id = near.id OR person.same_as_id = near.id
    ) AS members ON near.id IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT max((own.detail ->> 'last_exposed')::date) AS exposed_on
        FROM known_facts(%(known_at)s) AS own
        WHERE own.person_id = ANY(members.ids) AND own.kind = 'tracing.contact_found'
          AND own.detail ->> 'case' = said.case_id AND own.detail ->> 'degree' = '1'
    ) AS own ON true
    LEFT JOIN LATERAL (
        SELECT CASE WHEN bool_or(first_two.result = 'positive') THEN false
                    WHEN count(*) = 2 THEN true END AS first_two_negative,
               array_agg(first_two.id) FILTER (WHERE first_two.result = 'positive') AS evidence,
               min(first_two.recorded_at) FILTER (WHERE first_two.result = 'positive') AS positive_at
        FROM (
            SELECT test.id, test.recorded_at, test.detail ->> 'result' AS result
            FROM known_facts(%(known_at)s) AS test
            WHERE test.person_id = ANY(members.ids) AND test.kind = 'screening.result'
              AND coalesce(test.detail ->> 'method', 'nat') = 'nat'
              AND test.detail ->> 'result' IN ('positive', 'negative')
              AND test.occurred_at >= day_start(coalesce(own.exposed_on, said.first_exposed, said.last_exposed))
            ORDER BY test.occurred_at, test.id
            LIMIT 2
        ) AS first_two
    ) AS tested ON near.id IS NOT NULL
), chosen AS (
    SELECT DISTINCT ON (subject, case_id) *, min(first_exposed) OVER (PARTITION BY subject, case_id, degree) AS since
    FROM linked
    ORDER BY subject, case_id, degree, first_two_negative IS FALSE DESC, last_exposed DESC, found_at, id
)
SELECT chosen.subject,
       chosen.case_id AS reason,
       chosen.id || coalesce(chosen.positive, '{}') AS evidence,
       local_date(greatest(chosen.found_at, chosen.positive_at)) AS known_on,
       chosen.case_id,
       chosen.degree,
       chosen.since AS first_exposed,
       chosen.last_exposed,
       chosen.high_risk,
       chosen.first_two_negative AS linked_first_two_negative,
       chosen.via,
       extract(year FROM age(chosen.last_exposed, person.born_on))::integer AS age,
       greatest(chosen.found_at, chosen.positive_at) AS since_at
FROM chosen
JOIN registry_person AS person ON person.id = chosen.subject
