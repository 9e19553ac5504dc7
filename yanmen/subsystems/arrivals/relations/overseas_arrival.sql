-- relation: overseas_arrival
-- subject: person
-- zh: 入境
-- en: Entries from abroad
-- facts: arrivals.entered_country
-- column: entered_on date | 入境日期 | Day the person entered the country
-- column: quarantined_until date | 第一入境点集中隔离至（空：未隔离） | Last day of quarantine at the first point of entry (empty: none)
-- column: age integer | 入境时年龄 | Age in years on entry
SELECT asked.subject,
       coalesce(fact.corrects, fact.id)::text AS reason,
       ARRAY[fact.id] AS evidence,
       local_date(fact.recorded_at) AS known_on,
       local_date(fact.occurred_at) AS entered_on,
       (fact.detail ->> 'quarantined_until')::date AS quarantined_until,
       extract(year FROM age(local_date(fact.occurred_at), person.born_on))::integer AS age
FROM asked
JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'arrivals.entered_country'
JOIN registry_person AS person ON person.id = asked.subject
