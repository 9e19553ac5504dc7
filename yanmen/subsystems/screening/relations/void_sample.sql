-- relation: void_sample
-- subject: person
-- zh: 样本作废、尚未重采
-- en: Whose sample is void, and not sampled since
-- facts: screening.void, screening.sampled, screening.bound
-- column: sampled_on date | 原采样日期 | Day of the sampling
-- column: voided_on date | 作废日期 | Day the tube was declared void
-- column: since_at timestamptz | 作废时刻（时限起点） | Moment it was declared void, from which clocks run
SELECT asked.subject,
       fact.detail ->> 'tube' AS reason,
       ARRAY[fact.id] AS evidence,
       local_date(fact.recorded_at) AS known_on,
       local_date(fact.occurred_at) AS sampled_on,
       local_date(fact.recorded_at) AS voided_on,
       fact.recorded_at AS since_at
FROM asked
JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'screening.void'
WHERE NOT EXISTS (
    SELECT FROM asked AS again
    JOIN known_facts(%(known_at)s) AS sample ON sample.person_id = again.member AND sample.kind = 'screening.sampled'
    WHERE again.subject = asked.subject AND sample.occurred_at > fact.occurred_at
) AND NOT EXISTS (
    SELECT FROM asked AS again
    CROSS JOIN LATERAL (
        SELECT sample.id FROM known_screening_bound(%(known_at)s) AS sample
        WHERE sample.person_id = again.member AND sample.id >= first_id_of(local_date(fact.occurred_at) - 1)
          AND sample.occurred_at > fact.occurred_at AND sample.tube <> fact.detail ->> 'tube'
        LIMIT 1
    ) AS sampled
    WHERE again.subject = asked.subject
)
