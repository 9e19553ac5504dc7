-- relation: test_result
-- subject: person
-- zh: 阳性和灰区检测结果
-- en: Test results that are not negative
-- facts: screening.result, cases.reported, cases.discharged
-- column: result text | 结果（positive、grey） | Result (positive, grey)
-- column: ct numeric | Ct值（空：不详） | Ct (empty: unknown)
-- column: method text | 方法（nat、antigen） | Method (nat, antigen)
-- column: sampled_on date | 采样日期 | Day of sampling
-- column: case_open boolean | 采样时是否已是在管病例 | Whether the person was a case in care when sampled
-- column: after_discharge boolean | 是否为出院后 | Whether sampled after a discharge
-- column: since_at timestamptz | 结果报出时刻（时限起点） | Moment the result was reported, from which clocks run
SELECT asked.subject,
       coalesce(fact.detail ->> 'sample', fact.id::text) || ':' || (fact.detail ->> 'result') AS reason,
       ARRAY[fact.id] AS evidence,
       local_date(fact.recorded_at) AS known_on,
       fact.detail ->> 'result' AS result,
       (fact.detail ->> 'ct')::numeric AS ct,
       coalesce(fact.detail ->> 'method', 'nat') AS method,
       local_date(fact.occurred_at) AS sampled_on,
       coalesce(history.reported_at > coalesce(history.discharged_at, '-infinity'), false) AS case_open,
       history.discharged_at IS NOT NULL AS after_discharge,
       fact.recorded_at AS since_at
FROM asked
JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'screening.result'
LEFT JOIN LATERAL (
    SELECT max(other.occurred_at) FILTER (WHERE other.kind = 'cases.reported') AS reported_at,
           max(other.occurred_at) FILTER (WHERE other.kind = 'cases.discharged') AS discharged_at
    FROM asked AS again
    JOIN known_facts(%(known_at)s) AS other ON other.person_id = again.member
    WHERE again.subject = asked.subject AND other.kind IN ('cases.reported', 'cases.discharged')
      AND other.occurred_at < fact.occurred_at AND coalesce(other.detail ->> 'disease', '') IN ('', 'covid19')
) AS history ON true
WHERE fact.detail ->> 'result' IN ('positive', 'grey')
