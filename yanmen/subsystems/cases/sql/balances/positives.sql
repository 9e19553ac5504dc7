-- balance: positives
-- order: 10
-- zh: 检测阳性 → 病例
-- en: Positive → case
-- page: cases.list
-- part: case | 已报告为病例 | Reported as a case
-- part: in_time | 时限内 | In time
-- lost: 阳性无病例 | Positive without a case
--
-- A row a person with a positive result; records that were merged are one person.
WITH positive AS (
    SELECT coalesce(p.same_as_id, p.id) AS person, min(f.area) AS area, min(f.recorded_at) AS since
    FROM known_facts(%(now)s) AS f JOIN registry_person AS p ON p.id = f.person_id
    WHERE f.kind = 'screening.result' AND f.area >= %(first)s AND f.area < %(after)s
      AND f.occurred_at >= %(since)s AND f.detail ->> 'result' = 'positive'
    GROUP BY 1
)
SELECT positive.person::text AS key, positive.person, positive.area,
       CASE WHEN EXISTS (
                SELECT FROM registry_person AS own JOIN loop_fact AS told ON told.person_id = own.id AND told.kind = 'cases.reported'
                WHERE own.id = positive.person OR own.same_as_id = positive.person
            ) THEN 'case'
            WHEN positive.since > %(now)s - %(case_hours)s * interval '1 hour' THEN 'in_time'
            ELSE 'lost' END AS part,
       positive.since
FROM positive
