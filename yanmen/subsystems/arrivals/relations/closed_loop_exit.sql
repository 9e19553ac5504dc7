-- relation: closed_loop_exit
-- subject: person
-- zh: 离开闭环岗位
-- en: Exits from closed-loop posts
-- facts: arrivals.left_closed_loop
-- column: left_on date | 离岗日期 | Day the person left the closed loop
-- column: post text | 岗位 | Kind of post
-- column: days_off_post integer | 离岗前已脱离岗位天数（空：无证明） | Days off the post before leaving, as proven (empty: no proof)
SELECT asked.subject,
       coalesce(fact.corrects, fact.id)::text AS reason,
       ARRAY[fact.id] AS evidence,
       local_date(fact.recorded_at) AS known_on,
       local_date(fact.occurred_at) AS left_on,
       fact.detail ->> 'post' AS post,
       (fact.detail ->> 'days_off_post')::integer AS days_off_post
FROM asked
JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'arrivals.left_closed_loop'
