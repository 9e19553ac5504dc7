-- relation: reactive_tube
-- subject: person
-- zh: 所在采样管初筛非阴性、尚未单采复核
-- en: In a tube that was not negative, and not yet told apart by a test alone in a tube
-- facts: screening.reactive, screening.result, screening.negative
-- column: result text | 管结果（positive、grey、single_target） | Result of the tube (positive, grey, single_target)
-- column: members integer | 管内人数 | People in the tube
-- column: sampled_on date | 采样日期 | Day of sampling
-- column: since_at timestamptz | 结果签发时刻（时限起点） | Moment the result was released, from which clocks run
SELECT asked.subject,
       fact.detail ->> 'tube' AS reason,
       ARRAY[fact.id] AS evidence,
       local_date(fact.recorded_at) AS known_on,
       fact.detail ->> 'result' AS result,
       (fact.detail ->> 'members')::integer AS members,
       local_date(fact.occurred_at) AS sampled_on,
       fact.recorded_at AS since_at
FROM asked
JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'screening.reactive'
WHERE NOT EXISTS (
    SELECT FROM asked AS again
    CROSS JOIN LATERAL (
        SELECT test.id FROM known_tests(%(known_at)s) AS test
        WHERE test.person_id = again.member AND test.id >= first_id_of(local_date(fact.occurred_at) - 1)
          AND test.occurred_at > fact.occurred_at AND test.members = 1 AND test.result IN ('negative', 'positive')
        LIMIT 1
    ) AS alone
    WHERE again.subject = asked.subject
)
