-- relation: co_resident
-- subject: person
-- zh: 居家隔离感染者的同住人员
-- en: People living with a case that is isolated at home
-- facts: tracing.co_resident_found
-- column: case_id text | 病例编号 | Key of the case
-- column: first_exposed date | 首次暴露日期（空：不详） | Day of the first exposure (empty: unknown)
-- column: last_exposed date | 末次暴露日期 | Day of the last exposure
-- column: via text | 接触方式 | How they were in contact
-- column: since_at timestamptz | 判定时刻（时限起点） | Moment the person was found, from which clocks run
--
-- COVID-19 only. One row a person and case, with the latest exposure; known from the day on which that exposure was first stated.
WITH said AS (
    SELECT asked.subject, fact.id, fact.detail,
           fact.detail ->> 'case' AS case_id,
           (fact.detail ->> 'last_exposed')::date AS last_exposed,
           traced_since(fact, ARRAY['case', 'last_exposed'], %(known_at)s) AS found_at
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'tracing.co_resident_found'
    WHERE coalesce(fact.detail ->> 'disease', 'covid19') = 'covid19' AND traced_case_stands(fact.detail ->> 'case', %(known_at)s)
)
SELECT DISTINCT ON (said.subject, said.case_id)
       said.subject,
       said.case_id AS reason,
       ARRAY[said.id] AS evidence,
       local_date(said.found_at) AS known_on,
       said.case_id,
       (said.detail ->> 'first_exposed')::date AS first_exposed,
       said.last_exposed,
       said.detail ->> 'via' AS via,
       said.found_at AS since_at
FROM said
ORDER BY said.subject, said.case_id, said.last_exposed DESC, said.found_at, said.id
