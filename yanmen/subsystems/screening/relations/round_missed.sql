-- relation: round_missed
-- subject: person
-- zh: 区域核酸检测中未采样
-- en: Missed in a round of area testing, and not sampled since
-- facts: screening.missed, screening.sampled, screening.bound
-- column: missed_on date | 本轮结束日期 | Day the round closed
-- column: since_at timestamptz | 本轮结束时刻（时限起点） | Moment the round closed, from which clocks run
SELECT asked.subject,
       (fact.detail ->> 'campaign') || ':' || (fact.detail ->> 'round') AS reason,
       ARRAY[fact.id] AS evidence,
       local_date(fact.recorded_at) AS known_on,
       local_date(fact.occurred_at) AS missed_on,
       fact.occurred_at AS since_at
FROM asked
JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'screening.missed'
WHERE NOT EXISTS (
    SELECT FROM asked AS again
    JOIN known_facts(%(known_at)s) AS sample ON sample.person_id = again.member AND sample.kind = 'screening.sampled'
    WHERE again.subject = asked.subject AND sample.occurred_at >= fact.occurred_at
) AND NOT EXISTS (
    SELECT FROM asked AS again
    CROSS JOIN LATERAL (
        SELECT sample.id FROM known_screening_bound(%(known_at)s) AS sample
        WHERE sample.person_id = again.member AND sample.id >= first_id_of(local_date(fact.occurred_at) - 1)
          AND sample.occurred_at >= fact.occurred_at
        LIMIT 1
    ) AS sampled
    WHERE again.subject = asked.subject
)
