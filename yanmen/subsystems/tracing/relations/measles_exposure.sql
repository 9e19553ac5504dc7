-- relation: measles_exposure
-- subject: person
-- zh: 麻疹暴露
-- en: Exposures to measles
-- facts: tracing.contact_found, tracing.immunity_found, tracing.contact_vaccinated
-- column: case_id text | 病例编号 | Key of the case
-- column: exposed_on date | 首次暴露日期 | Day of the first exposure
-- column: last_exposed date | 末次暴露日期 | Day of the last exposure
-- column: vaccinated_on date | 首次暴露后首次接种日期（空：未接种） | Day of the first dose since the first exposure (empty: none)
-- column: immune boolean | 暴露前是否已有免疫（空：不详） | Whether the person was immune before (empty: unknown)
-- column: age integer | 暴露时年龄 | Age in years at the exposure
--
-- One row a person and case, with the latest exposure. What is known of immunity and vaccination frees; it does not
-- make the row younger.
WITH said AS (
    SELECT asked.subject, fact.id,
           fact.detail ->> 'case' AS case_id,
           coalesce((fact.detail ->> 'first_exposed')::date, (fact.detail ->> 'last_exposed')::date) AS first_exposed,
           (fact.detail ->> 'last_exposed')::date AS last_exposed,
           traced_since(fact, ARRAY['case', 'degree', 'last_exposed'], %(known_at)s) AS found_at
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'tracing.contact_found'
    WHERE fact.detail ->> 'disease' = 'measles' AND fact.detail ->> 'degree' = '1'
      AND traced_case_stands(fact.detail ->> 'case', %(known_at)s)
), chosen AS (
    SELECT DISTINCT ON (subject, case_id) *, min(first_exposed) OVER (PARTITION BY subject, case_id) AS exposed_on
    FROM said
    ORDER BY subject, case_id, last_exposed DESC, found_at, id
)
SELECT chosen.subject,
       chosen.case_id AS reason,
       ARRAY[chosen.id] AS evidence,
       local_date(chosen.found_at) AS known_on,
       chosen.case_id,
       chosen.exposed_on,
       chosen.last_exposed,
       (
           SELECT min(local_date(dose.occurred_at))
           FROM asked AS again
           JOIN known_facts(%(known_at)s) AS dose ON dose.person_id = again.member AND dose.kind = 'tracing.contact_vaccinated'
           WHERE again.subject = chosen.subject AND dose.detail ->> 'disease' = 'measles'
             AND local_date(dose.occurred_at) >= chosen.exposed_on
       ) AS vaccinated_on,
       (
           SELECT (found.detail ->> 'immune')::boolean
           FROM asked AS again
           JOIN known_facts(%(known_at)s) AS found ON found.person_id = again.member AND found.kind = 'tracing.immunity_found'
           WHERE again.subject = chosen.subject AND found.detail ->> 'disease' = 'measles'
           ORDER BY found.occurred_at DESC, found.id DESC
           LIMIT 1
       ) AS immune,
       extract(year FROM age(chosen.last_exposed, person.born_on))::integer AS age
FROM chosen
JOIN registry_person AS person ON person.id = chosen.subject
