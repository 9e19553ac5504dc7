-- relation: quarantine_symptoms
-- subject: person
-- zh: 隔离期间发热或出现症状
-- en: Fever or symptoms told during quarantine
-- facts: quarantine.symptoms_told, cases.reported, cases.discharged
-- column: told_on date | 出现日期 | Day they were told
-- column: celsius double precision | 体温（空：未测） | Temperature (empty: not taken)
-- column: symptoms text | 症状 | Symptoms
-- column: case_known boolean | 是否已报告为病例 | Whether the person is a reported case already
-- column: since_at timestamptz | 首次告知时刻（时限起点） | Moment they were first told, from which clocks run
--
-- One row a person and day: the first that was told.
WITH told AS (
    SELECT DISTINCT ON (asked.subject, local_date(fact.occurred_at))
           asked.subject, fact.id, fact.occurred_at, fact.recorded_at, fact.detail
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'quarantine.symptoms_told'
    ORDER BY asked.subject, local_date(fact.occurred_at), fact.occurred_at, fact.id
)
SELECT told.subject,
       local_date(told.occurred_at)::text AS reason,
       ARRAY[told.id] AS evidence,
       local_date(told.recorded_at) AS known_on,
       local_date(told.occurred_at) AS told_on,
       (told.detail ->> 'celsius')::double precision AS celsius,
       coalesce(told.detail ->> 'symptoms', '') AS symptoms,
       EXISTS (
           SELECT FROM asked AS again
           JOIN known_facts(%(known_at)s) AS report ON report.person_id = again.member AND report.kind = 'cases.reported'
           WHERE again.subject = told.subject AND report.occurred_at <= told.occurred_at
             AND NOT EXISTS (
                 SELECT FROM asked AS then_too
                 JOIN known_facts(%(known_at)s) AS discharge
                     ON discharge.person_id = then_too.member AND discharge.kind = 'cases.discharged'
                 WHERE then_too.subject = told.subject AND discharge.occurred_at BETWEEN report.occurred_at AND told.occurred_at
             )
       ) AS case_known,
       told.recorded_at AS since_at
FROM told
