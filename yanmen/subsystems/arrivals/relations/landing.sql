-- relation: landing
-- subject: person
-- zh: 抵达
-- en: Landings of travellers
-- facts: arrivals.landed, cases.reported
-- column: landed_on date | 抵达日期 | Day the traveller landed
-- column: from_outside_province boolean | 是否来自省外 | Whether the traveller came from another province
-- column: from_area text | 来自县（市、区）代码（空：不详） | Code of the county the traveller came from (empty: unknown)
-- column: city_last_case_on date | 抵达时所知的来源城市最近病例日期 | Latest case in the city of origin that was known on landing
-- column: from_city_with_cases boolean | 抵达时来源城市已知有病例 | Whether any case in the city of origin was known on landing
-- column: age integer | 抵达时年龄 | Age in years on landing
--
-- What was known on landing decides; later cases do not change it, so nobody else becomes stale.
SELECT asked.subject,
       coalesce(fact.detail ->> 'journey', fact.id::text) AS reason,
       ARRAY[fact.id] AS evidence,
       local_date(fact.recorded_at) AS known_on,
       local_date(fact.occurred_at) AS landed_on,
       coalesce(left(fact.detail ->> 'origin', 2) <> left(fact.area, 2), false) AS from_outside_province,
       coalesce(left(fact.detail ->> 'origin', 6), '') AS from_area,
       origin.last_case_on AS city_last_case_on,
       origin.last_case_on IS NOT NULL AS from_city_with_cases,
       extract(year FROM age(local_date(fact.occurred_at), person.born_on))::integer AS age
FROM asked
JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'arrivals.landed'
JOIN registry_person AS person ON person.id = asked.subject
LEFT JOIN LATERAL (
    SELECT max(local_date(reported.occurred_at)) AS last_case_on
    FROM loop_fact AS reported
    WHERE reported.kind = 'cases.reported'
      AND reported.area >= left(fact.detail ->> 'origin', 4) AND reported.area < left(fact.detail ->> 'origin', 4) || '~'
      AND reported.recorded_at <= fact.recorded_at AND reported.occurred_at <= fact.occurred_at
      AND NOT EXISTS (
          SELECT FROM loop_fact AS later WHERE later.corrects = reported.id AND later.recorded_at <= fact.recorded_at
      )
) AS origin ON true
