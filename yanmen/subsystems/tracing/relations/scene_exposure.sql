-- relation: scene_exposure
-- subject: person
-- zh: 涉疫场所暴露
-- en: Exposures in places with cases
-- facts: tracing.scene_exposed, tracing.contact_found
-- column: case_id text | 病例编号（空：未指明） | Key of the case (empty: not named)
-- column: exposed_on date | 暴露日期 | Day of the exposure
-- column: close_contact boolean | 是否已判定为密接 | Whether the person is already judged to be a close contact
--
-- COVID-19 only. One row a person and case (or place, where no case is named), with the latest exposure.
WITH said AS (
    SELECT asked.subject, fact.id,
           fact.detail ->> 'case' AS case_id,
           coalesce(fact.detail ->> 'case', 'place:' || fact.place_id) AS key,
           local_date(fact.occurred_at) AS exposed_on,
           traced_since(fact, ARRAY['case', 'exposed_on'], %(known_at)s) AS found_at
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'tracing.scene_exposed'
    WHERE coalesce(fact.detail ->> 'disease', 'covid19') = 'covid19'
)
SELECT DISTINCT ON (said.subject, said.key)
       said.subject,
       said.key AS reason,
       ARRAY[said.id] AS evidence,
       local_date(said.found_at) AS known_on,
       said.case_id,
       said.exposed_on,
       EXISTS (
           SELECT FROM asked AS again
           JOIN known_facts(%(known_at)s) AS judged
               ON judged.person_id = again.member AND judged.kind = 'tracing.contact_found'
           WHERE again.subject = said.subject AND judged.detail ->> 'degree' = '1'
             AND (judged.detail ->> 'case' = said.case_id
                  OR said.case_id IS NULL AND (judged.detail ->> 'last_exposed')::date >= said.exposed_on)
       ) AS close_contact
FROM said
WHERE said.key IS NOT NULL AND (said.case_id IS NULL OR traced_case_stands(said.case_id, %(known_at)s))
ORDER BY said.subject, said.key, said.exposed_on DESC, said.found_at, said.id
