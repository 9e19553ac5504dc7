-- relation: post_duty
-- subject: person
-- zh: 高风险岗位
-- en: High-risk posts that people hold
-- facts: screening.post_taken, screening.post_left
-- column: post text | 岗位种类 | Kind of post
-- column: since date | 到岗日期 | Day the person took the post
SELECT asked.subject,
       taken.detail ->> 'post' AS reason,
       (array_agg(taken.id ORDER BY taken.occurred_at DESC, taken.id))[1:1] AS evidence,
       local_date((array_agg(taken.recorded_at ORDER BY taken.occurred_at DESC, taken.id))[1]) AS known_on,
       taken.detail ->> 'post' AS post,
       local_date(max(taken.occurred_at)) AS since
FROM asked
JOIN known_facts(%(known_at)s) AS taken ON taken.person_id = asked.member AND taken.kind = 'screening.post_taken'
WHERE NOT EXISTS (
    SELECT FROM asked AS again
    JOIN known_facts(%(known_at)s) AS gone ON gone.person_id = again.member AND gone.kind = 'screening.post_left'
    WHERE again.subject = asked.subject AND gone.detail ->> 'post' = taken.detail ->> 'post'
      AND gone.occurred_at >= taken.occurred_at
)
GROUP BY asked.subject, taken.detail ->> 'post'
