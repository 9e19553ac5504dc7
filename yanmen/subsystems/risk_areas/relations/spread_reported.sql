-- relation: spread_reported
-- subject: area
-- zh: 有社区传播的区域
-- en: Areas with community spread
-- facts: cases.reported, cases.reclassified, risk_areas.spread_reported
-- measures: zone
-- column: level text | 区域层级（village、township、county、city、province） | Level of the area (village, township, county, city, province)
-- column: zones integer | 区域内（含本区域）中高风险区个数 | Number of medium and high zones in the area, itself included
-- column: last_case_on date | 末例日期 | Day of the last case
-- column: cases integer | 通报病例数（未通报数字的按1计） | Number of cases reported (1 where no number was given)
-- column: since_at timestamptz | 首次获悉时刻（时限起点） | Moment the first report was known, from which clocks run
--
-- Two sources: cases that are known for this area and no smaller one (daily reports by county), and reports about
-- other places. Cases found under control are no community spread. Runs of cases are formed as in area_cases.
WITH told AS (
    SELECT asked.subject, area.level, area.code, fact.*,
           CASE fact.kind WHEN 'cases.reported' THEN local_date(fact.occurred_at)
                          ELSE coalesce((fact.detail ->> 'last_case_on')::date, local_date(fact.occurred_at)) END AS case_on,
           fact.recorded_at AS first_recorded_at,
           coalesce(fact.detail ->> 'case', fact.id::text) AS key
    FROM asked
    JOIN registry_area AS area ON area.id = asked.subject
    JOIN known_facts(%(known_at)s) AS fact ON fact.area = area.code
    WHERE fact.kind IN ('cases.reported', 'risk_areas.spread_reported')
      AND (fact.kind = 'risk_areas.spread_reported'
           OR (fact.kind = 'cases.reported' AND coalesce(fact.detail ->> 'disease', '') IN ('', 'covid19')
               AND fact.detail ->> 'kind' IN ('confirmed', 'asymptomatic')
               AND (coalesce(fact.detail ->> 'setting', 'unknown') IN ('community', 'unknown')
                    OR (fact.detail ->> 'spread_outside')::boolean)))
      AND fact.occurred_at < day_start(%(as_of)s::date + 1)
), ordered AS (
    SELECT told.*,
           max(case_on) OVER earlier AS last_on,
           max(first_recorded_at) OVER earlier AS last_recorded_at
    FROM told
    WINDOW earlier AS (
        PARTITION BY subject ORDER BY first_recorded_at, case_on, key ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
), numbered AS (
    SELECT ordered.*,
           count(*) FILTER (WHERE last_on IS NULL OR case_on > last_on + 4
                                  OR (local_date(first_recorded_at) > last_on + 4 AND first_recorded_at > last_recorded_at))
               OVER (PARTITION BY subject ORDER BY first_recorded_at, case_on, key) AS run
    FROM ordered
), standing AS MATERIALIZED (
    SELECT DISTINCT mark.measure_id, mark.area_code
    FROM area_marks(%(known_at)s) AS mark
    WHERE mark.kind = 'zone' AND mark.mark_tier IN ('medium', 'high')
      AND (mark.last_day IS NULL OR mark.last_day >= %(as_of)s)
), zone AS MATERIALIZED (
    SELECT place.subject, count(*)::integer AS zones
    FROM (SELECT DISTINCT subject, code FROM numbered) AS place
    JOIN standing ON standing.area_code >= place.code AND standing.area_code < place.code || '~'
    GROUP BY place.subject
)
SELECT numbered.subject,
       (array_agg(key ORDER BY first_recorded_at, case_on, key))[1] AS reason,
       array_agg(id ORDER BY id) AS evidence,
       min(local_date(first_recorded_at)) AS known_on,
       level,
       coalesce(zone.zones, 0) AS zones,
       max(case_on) AS last_case_on,
       count(*)::integer AS cases,
       min(first_recorded_at) AS since_at
FROM numbered
LEFT JOIN zone ON zone.subject = numbered.subject
GROUP BY numbered.subject, level, run, zone.zones
