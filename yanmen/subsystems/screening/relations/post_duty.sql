-- relation: post_duty
-- subject: person
-- zh: 高风险岗位
-- en: High-risk posts that people hold
-- facts: screening.post_taken, screening.post_left
-- measures: emergency_mode
-- column: post text | 岗位种类 | Kind of post
-- column: since date | 到岗日期 | Day the person took the post
-- column: mode text | 所在地平战状态 | Mode of the area: peace or emergency
WITH emergency AS MATERIALIZED (
    SELECT area_code FROM area_modes(%(known_at)s) WHERE desk IN ('*', 'screening')
)
SELECT asked.subject,
       taken.detail ->> 'post' AS reason,
       (array_agg(taken.id ORDER BY taken.occurred_at DESC, taken.id))[1:1] AS evidence,
       local_date((array_agg(taken.recorded_at ORDER BY taken.occurred_at DESC, taken.id))[1]) AS known_on,
       taken.detail ->> 'post' AS post,
       local_date(max(taken.occurred_at)) AS since,
       CASE WHEN EXISTS (
           SELECT FROM registry_person AS person JOIN emergency ON person.area >= emergency.area_code AND person.area < emergency.area_code || '~'
           WHERE person.id = asked.subject
       ) THEN 'emergency' ELSE 'peace' END AS mode
FROM asked
JOIN known_facts(%(known_at)s) AS taken ON taken.person_id = asked.member AND taken.kind = 'screening.post_taken'
WHERE NOT EXISTS (
    SELECT FROM asked AS again
    JOIN known_facts(%(known_at)s) AS gone ON gone.person_id = again.member AND gone.kind = 'screening.post_left'
    WHERE again.subject = asked.subject AND gone.detail ->> 'post' = taken.detail ->> 'post'
      AND gone.occurred_at >= taken.occurred_at
)
GROUP BY asked.subject, taken.detail ->> 'post'
