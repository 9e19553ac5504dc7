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
WITH landed AS MATERIALIZED (
    SELECT asked.subject, fact.*, left(fact.detail ->> 'origin', 4) AS city
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'arrivals.landed'
), reported AS MATERIALIZED (
    SELECT landed.city, local_date(told.occurred_at) AS case_on, told.occurred_at, told.recorded_at,
           coalesce((SELECT min(later.recorded_at) FROM loop_fact AS later WHERE later.corrects = told.id), 'infinity') AS stands_until
    FROM (SELECT DISTINCT city FROM landed WHERE city IS NOT NULL) AS landed
    JOIN loop_fact AS told
      ON told.kind = 'cases.reported' AND told.area >= landed.city AND told.area < landed.city || '~'
     AND coalesce(told.detail ->> 'disease', '') IN ('', 'covid19')
)
SELECT landed.subject,
       coalesce(landed.detail ->> 'journey', landed.id::text) AS reason,
       ARRAY[landed.id] AS evidence,
       local_date(landed.recorded_at) AS known_on,
       local_date(landed.occurred_at) AS landed_on,
       coalesce(left(landed.detail ->> 'origin', 2) <> left(landed.area, 2), false) AS from_outside_province,
       coalesce(left(landed.detail ->> 'origin', 6), '') AS from_area,
       origin.last_case_on AS city_last_case_on,
       origin.last_case_on IS NOT NULL AS from_city_with_cases,
       extract(year FROM age(local_date(landed.occurred_at), person.born_on))::integer AS age
FROM landed
JOIN registry_person AS person ON person.id = landed.subject
LEFT JOIN LATERAL (
    SELECT max(reported.case_on) AS last_case_on
    FROM reported
    WHERE reported.city = landed.city AND reported.recorded_at <= landed.recorded_at
      AND reported.occurred_at <= landed.occurred_at AND reported.stands_until > landed.recorded_at
) AS origin ON true
