-- relation: toy_outbreaks
-- subject: area
-- zh: 玩具疫情
-- en: Toy outbreaks
-- facts: toy.outbreak
-- column: last_on date | 最近日期 | Day of the latest outbreak fact
-- column: cases bigint | 例数 | How many
SELECT asked.subject, a.code::text AS reason, array_agg(f.id ORDER BY f.id) AS evidence,
       min(local_date(f.recorded_at)) AS known_on, max(local_date(f.occurred_at)) AS last_on, count(*) AS cases
FROM asked
JOIN registry_area a ON a.id = asked.member
JOIN known_facts(%(known_at)s) f ON f.area = a.code AND f.kind = 'toy.outbreak'
GROUP BY asked.subject, a.code
