-- relation: same_vehicle
-- subject: person
-- zh: 与病例同车过卡口
-- en: People who passed a checkpoint in one vehicle with a case
-- facts: checkpoints.rode_with_case, tracing.contact_found, tracing.general_contact_found
-- column: passed_on date | 同车过卡口日期 | Day the vehicle passed
-- column: judged boolean | 此后是否已作密接判定 | Whether the person was judged a contact since
--
-- One row a person and case, the latest pass. The passes themselves go after a month; this stays as long as it counts.
WITH rode AS (
    SELECT asked.subject, fact.id, fact.recorded_at, fact.detail ->> 'case_fact' AS case_fact,
           (fact.detail ->> 'passed_on')::date AS passed_on
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'checkpoints.rode_with_case'
)
SELECT DISTINCT ON (rode.subject, rode.case_fact)
       rode.subject,
       rode.case_fact AS reason,
       ARRAY[rode.id] AS evidence,
       local_date(rode.recorded_at) AS known_on,
       rode.passed_on,
       EXISTS (
           SELECT FROM asked AS again
           JOIN known_facts(%(known_at)s) AS found ON found.person_id = again.member
           WHERE again.subject = rode.subject AND found.recorded_at >= rode.recorded_at
             AND found.kind IN ('tracing.contact_found', 'tracing.general_contact_found')
       ) AS judged
FROM rode
ORDER BY rode.subject, rode.case_fact, rode.passed_on DESC, rode.recorded_at, rode.id
