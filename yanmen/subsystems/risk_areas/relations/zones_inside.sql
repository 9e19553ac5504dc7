-- relation: zones_inside
-- subject: area
-- zh: 辖区内的风险区
-- en: Zones inside an area
-- measures: zone
-- column: level text | 区域层级（village、township、county、city、province） | Level of the area (village, township, county, city, province)
-- column: high integer | 辖区内高风险区个数 | Number of high-risk zones inside
-- column: medium integer | 辖区内中风险区个数 | Number of medium-risk zones inside
-- column: last_zone_ends_on date | 最后一个风险区的结束日期（空：未定） | Last day of the last zone (empty: open)
--
-- Zones that stand now, strictly inside the area; a zone that ends wakes everything around it. The row lasts from
-- the first zone to the last one, so its reason is the area itself.
WITH standing AS (
    SELECT mark.measure_id, mark.area_code, mark.mark_tier, mark.known_on, mark.evidence,
           mark.first_day, mark.last_day
    FROM area_marks(%(known_at)s) AS mark
    WHERE mark.kind = 'zone' AND mark.mark_tier IN ('medium', 'high')
      AND (mark.last_day IS NULL OR mark.last_day >= %(as_of)s)
), zone AS MATERIALIZED (
    SELECT measure_id, area_code, min(known_on) AS known_on, (array_agg(evidence[1]))[1] AS evidence,
           CASE WHEN bool_or(last_day IS NULL) THEN NULL ELSE max(last_day) END AS ends_on,
           (array_agg(mark_tier ORDER BY first_day))[1] AS tier
    FROM standing
    GROUP BY measure_id, area_code
)
SELECT asked.subject,
       'zones' AS reason,
       array_agg(DISTINCT zone.evidence) AS evidence,
       min(zone.known_on) AS known_on,
       area.level,
       count(*) FILTER (WHERE zone.tier = 'high')::integer AS high,
       count(*) FILTER (WHERE zone.tier = 'medium')::integer AS medium,
       CASE WHEN bool_or(zone.ends_on IS NULL) THEN NULL ELSE max(zone.ends_on) END AS last_zone_ends_on
FROM asked
JOIN registry_area AS area ON area.id = asked.subject
JOIN zone ON zone.area_code > area.code AND zone.area_code < area.code || '~'
GROUP BY asked.subject, area.level
