-- relation: stay_in_area
-- subject: person
-- zh: 风险地区旅居
-- en: Stays in areas with a risk tier or with community spread
-- facts: arrivals.declared, arrivals.stayed, arrivals.landed, arrivals.no_show
-- measures: zone
-- column: tier text | 风险等级（none、low、medium、high）；同县有中高风险区而本人停留处不在其中的，按低风险 | Highest tier (none, low, medium, high) that the area had when the person left, or later; the rest of a county with medium or high zones counts as low
-- column: spread boolean | 所在县是否有社区传播 | Whether the county had community spread
-- column: arrived_on date | 到达停留地日期 | Day the person came to the area
-- column: left_on date | 离开停留地日期（空：仍在） | Day the person left the area (empty: still there)
-- column: home_area text | 本人负责地区代码 | Code of the area responsible for the person
-- column: area text | 停留地区代码 | Code of the area of the stay
-- column: in_area boolean | 本人负责地区是否就在该风险区内 | Whether the person's own area lies inside the area that has the tier
-- column: zone_area text | 风险等级所属地区代码 | Code of the area that has the tier
--
-- One row a stay and tier, with the zone known first: a later zone can only look further back. A tier gives way
-- to a higher one of the same stay that was known no later. Stays of travellers who never came do not count.
-- Tiers are worked out once for each spell (an area and a last day there), however many people shared it.
WITH told AS MATERIALIZED (
    SELECT asked.subject, fact.id, fact.kind,
           fact.detail ->> 'journey' AS journey,
           coalesce(fact.detail ->> 'stay', fact.detail ->> 'journey', fact.id::text) AS stay,
           fact.detail ->> 'origin' AS area,
           (fact.detail ->> 'arrived_origin_on')::date AS arrived_on,
           (fact.detail ->> 'left_origin_on')::date AS left_on,
           local_date(fact.recorded_at) AS told_on
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member
    WHERE fact.kind IN ('arrivals.declared', 'arrivals.stayed', 'arrivals.landed', 'arrivals.no_show')
), absent AS (
    SELECT subject, journey
    FROM told
    WHERE kind IN ('arrivals.landed', 'arrivals.no_show')
    GROUP BY subject, journey
    HAVING NOT bool_or(kind = 'arrivals.landed')
), stays AS (
    SELECT told.*, coalesce(left_on, arrived_on, told_on) AS there_on
    FROM told
    WHERE kind IN ('arrivals.declared', 'arrivals.stayed')
      AND NOT EXISTS (SELECT FROM absent WHERE absent.subject = told.subject AND absent.journey = told.journey)
), spells AS (
    SELECT DISTINCT area, there_on FROM stays
), marks AS MATERIALIZED (
    SELECT area_code, left(area_code, 6) AS county, coalesce(mark_tier, 'none') AS tier, last_day, known_on, evidence[1:1]
    FROM area_marks(%(known_at)s)
), near AS (
    SELECT spells.area, spells.there_on, marks.*, starts_with(spells.area, marks.area_code) AS covered
    FROM spells
    CROSS JOIN (VALUES (2), (4), (6)) AS grain (digits)
    JOIN marks ON marks.county = left(spells.area, grain.digits)
    WHERE marks.last_day IS NULL OR marks.last_day >= spells.there_on
), tiers AS (
    SELECT DISTINCT ON (area, there_on, tier) *
    FROM (
        SELECT area, there_on, CASE WHEN covered THEN tier ELSE 'low' END AS tier, area_code, known_on, evidence
        FROM near
        WHERE covered OR tier IN ('medium', 'high')
    ) AS each
    ORDER BY area, there_on, tier, known_on, area_code
), ranked AS (
    SELECT tiers.*,
           min(known_on) OVER (
               PARTITION BY area, there_on ORDER BY array_position(ARRAY['high', 'medium', 'low', 'none'], tier)
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ) AS higher_known_on
    FROM tiers
)
SELECT stays.subject,
       stays.stay || ':' || ranked.tier AS reason,
       stays.id || ranked.evidence AS evidence,
       greatest(stays.told_on, ranked.known_on) AS known_on,
       ranked.tier,
       ranked.tier = 'none' AS spread,
       stays.arrived_on,
       stays.left_on,
       person.area::text AS home_area,
       stays.area,
       starts_with(person.area, ranked.area_code) AS in_area,
       ranked.area_code AS zone_area
FROM stays
JOIN ranked ON ranked.area = stays.area AND ranked.there_on = stays.there_on
JOIN registry_person AS person ON person.id = stays.subject
WHERE ranked.higher_known_on IS NULL OR ranked.higher_known_on > greatest(stays.told_on, ranked.known_on)
