-- relation: area_visits
-- subject: area
-- zh: 病例停留过的区域
-- en: Areas where a case stayed
-- facts: cases.stay_found
-- column: level text | 区域层级（village、township、county、city、province） | Level of the area (village, township, county, city, province)
-- column: last_case_on date | 病例最后停留日期 | Last day on which a case stayed there
-- column: cases integer | 当日停留的病例数 | Number of cases whose stay ended that day
-- column: since_at timestamptz | 首次查明时刻（时限起点） | Moment the first of them was found, from which clocks run
--
-- COVID-19 only. One row an area and day. Stays of a case that was withdrawn do not count; withdrawing it wakes these
-- areas. Those of a report that was merged into another count for that one.
SELECT asked.subject,
       local_date(stay.occurred_at)::text AS reason,
       array_agg(stay.id ORDER BY stay.id) AS evidence,
       min(local_date(stay.recorded_at)) AS known_on,
       area.level,
       local_date(stay.occurred_at) AS last_case_on,
       count(DISTINCT stay.detail ->> 'case')::integer AS cases,
       min(stay.recorded_at) AS since_at
FROM asked
JOIN registry_area AS area ON area.id = asked.subject
JOIN known_facts(%(known_at)s) AS stay ON stay.area = area.code AND stay.kind = 'cases.stay_found'
WHERE stay.occurred_at < day_start(%(as_of)s::date + 1)
  AND EXISTS (
      SELECT FROM registry_person AS one
      JOIN registry_person AS other ON coalesce(other.same_as_id, other.id) = coalesce(one.same_as_id, one.id)
      JOIN known_facts(%(known_at)s) AS report ON report.person_id = other.id AND report.kind = 'cases.reported'
      WHERE one.id = stay.person_id AND coalesce(report.detail ->> 'disease', '') IN ('', 'covid19')
        AND coalesce(report.detail ->> 'case', report.id::text) = coalesce((
            SELECT merged.detail ->> 'into' FROM known_facts(%(known_at)s) AS merged
            WHERE merged.person_id = stay.person_id AND merged.kind = 'cases.merged'
              AND merged.detail ->> 'case' = stay.detail ->> 'case' LIMIT 1
        ), stay.detail ->> 'case')
  )
GROUP BY asked.subject, area.level, local_date(stay.occurred_at)
