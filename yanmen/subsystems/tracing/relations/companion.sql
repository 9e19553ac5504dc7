-- relation: companion
-- subject: person
-- zh: 时空伴随
-- en: Spatiotemporal companions of a case
-- facts: tracing.companion_flagged
-- column: case_id text | 病例编号 | Key of the case
-- column: together_on date | 同时停留日期 | Day on which both phones were in one grid
-- column: minutes_together integer | 同时停留分钟数 | Minutes both were there
-- column: hours_in_grid integer | 近14天网格内累计停留小时数（两者中较长者） | Hours in that grid over fourteen days, of the phone that was there longer
--
-- COVID-19 only. One row a person, case and day: measures of several days fold into one plan. Where they were is not kept.
WITH said AS (
    SELECT asked.subject, fact.id,
           fact.detail ->> 'case' AS case_id,
           (fact.detail ->> 'together_on')::date AS together_on,
           (fact.detail ->> 'minutes_together')::integer AS minutes_together,
           (fact.detail ->> 'hours_in_grid')::integer AS hours_in_grid,
           traced_since(fact, ARRAY['case', 'together_on'], %(known_at)s) AS found_at
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'tracing.companion_flagged'
    WHERE coalesce(fact.detail ->> 'disease', 'covid19') = 'covid19' AND traced_case_stands(fact.detail ->> 'case', %(known_at)s)
)
SELECT DISTINCT ON (said.subject, said.case_id, said.together_on)
       said.subject,
       said.case_id || ':' || said.together_on AS reason,
       ARRAY[said.id] AS evidence,
       local_date(said.found_at) AS known_on,
       said.case_id,
       said.together_on,
       said.minutes_together,
       said.hours_in_grid
FROM said
ORDER BY said.subject, said.case_id, said.together_on, said.minutes_together DESC, said.hours_in_grid DESC, said.id
