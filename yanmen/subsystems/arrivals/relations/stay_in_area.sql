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
WITH told AS (
    SELECT asked.subject, fact.id, fact.kind, fact.recorded_at, fact.detail, fact.detail ->> 'journey' AS journey
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member
    WHERE fact.kind IN ('arrivals.declared', 'arrivals.stayed', 'arrivals.landed', 'arrivals.no_show')
), absent AS (
    SELECT subject, journey
    FROM told
    WHERE kind IN ('arrivals.landed', 'arrivals.no_show') AND journey IS NOT NULL
    GROUP BY 1, 2
    HAVING max(recorded_at) FILTER (WHERE kind = 'arrivals.landed') IS NULL
), stays AS (
    SELECT told.subject, told.id,
           coalesce(told.detail ->> 'stay', told.journey, told.id::text) AS stay,
           told.detail ->> 'origin' AS area,
           (told.detail ->> 'arrived_origin_on')::date AS arrived_on,
           (told.detail ->> 'left_origin_on')::date AS left_on,
           local_date(told.recorded_at) AS told_on
    FROM told
    LEFT JOIN absent ON absent.subject = told.subject AND absent.journey = told.journey
    WHERE told.kind IN ('arrivals.declared', 'arrivals.stayed') AND absent.journey IS NULL
), marks AS MATERIALIZED (
    SELECT area_code, left(area_code, 6) AS county, kind, coalesce(mark_tier, 'none') AS tier,
           last_day, known_on, evidence[1:1] AS evidence
    FROM area_marks(%(known_at)s)
), near AS (
    SELECT stays.*, marks.area_code AS zone_area, marks.known_on AS zone_known_on, marks.evidence AS zone_evidence,
           starts_with(stays.area, marks.area_code) AS covered, marks.tier AS zone_tier
    FROM stays
    CROSS JOIN (VALUES (2), (4), (6)) AS grain (digits)
    JOIN marks ON marks.county = left(stays.area, grain.digits)
    WHERE marks.last_day IS NULL OR marks.last_day >= coalesce(stays.left_on, stays.arrived_on)
), tiered AS (
    SELECT DISTINCT ON (subject, stay, tier) *, greatest(told_on, zone_known_on) AS known_on
    FROM (
        SELECT near.*, CASE WHEN covered THEN zone_tier ELSE 'low' END AS tier
        FROM near
        WHERE covered OR zone_tier IN ('medium', 'high')
    ) AS each
    ORDER BY subject, stay, tier, zone_known_on, zone_area
), ranked AS (
    SELECT tiered.*,
           min(known_on) OVER (
               PARTITION BY subject, stay ORDER BY array_position(ARRAY['high', 'medium', 'low', 'none'], tier)
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
           ) AS higher_known_on
    FROM tiered
)
SELECT ranked.subject,
       ranked.stay || ':' || ranked.tier AS reason,
       ranked.id || ranked.zone_evidence AS evidence,
       ranked.known_on,
       ranked.tier,
       ranked.tier = 'none' AS spread,
       ranked.arrived_on,
       ranked.left_on,
       person.area::text AS home_area,
       ranked.area,
       starts_with(person.area, ranked.zone_area) AS in_area,
       ranked.zone_area
FROM ranked
JOIN registry_person AS person ON person.id = ranked.subject
WHERE ranked.higher_known_on IS NULL OR ranked.higher_known_on > ranked.known_on
