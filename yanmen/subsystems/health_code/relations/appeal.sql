-- relation: appeal
-- subject: person
-- zh: 异议
-- en: Appeals that wait for a decision
-- facts: health_code.contested, health_code.upheld, health_code.rejected
-- column: contested_on date | 提出日期 | Day the appeal was made
-- column: fact_id text | 被异议的事实 | The fact that is contested
SELECT asked.subject,
       contested.detail ->> 'appeal' AS reason,
       ARRAY[contested.id, (contested.detail ->> 'fact_id')::uuid] AS evidence,
       local_date(contested.recorded_at) AS known_on,
       local_date(contested.occurred_at) AS contested_on,
       contested.detail ->> 'fact_id' AS fact_id
FROM asked
JOIN known_facts(%(known_at)s) AS contested
    ON contested.person_id = asked.member AND contested.kind = 'health_code.contested'
WHERE NOT EXISTS (
    SELECT
    FROM known_facts(%(known_at)s) AS decided
    WHERE decided.person_id = contested.person_id
      AND decided.kind IN ('health_code.upheld', 'health_code.rejected')
      AND decided.detail ->> 'appeal' = contested.detail ->> 'appeal'
)
