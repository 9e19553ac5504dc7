-- relation: toy_stays
-- subject: person
-- zh: 玩具旅居
-- en: Toy stays
-- facts: toy.exposed
-- measures: toy_mark
-- column: left_on date | 离开日期 | Day the person left
-- column: tier text | 等级 | Tier of where the person was
SELECT asked.subject, f.id::text AS reason, array[f.id] || coalesce(m.evidence, '{}') AS evidence,
       greatest(local_date(f.recorded_at), m.known_on) AS known_on, local_date(f.occurred_at) AS left_on,
       coalesce(m.mark_tier, 'none') AS tier
FROM asked
JOIN known_facts(%(known_at)s) f ON f.person_id = asked.member AND f.kind = 'toy.exposed'
LEFT JOIN LATERAL (
    SELECT z.mark_tier, z.known_on, z.evidence FROM area_marks(%(known_at)s) z
    WHERE f.detail ->> 'where' LIKE z.area_code || '%%' AND (z.last_day IS NULL OR z.last_day >= local_date(f.occurred_at))
    ORDER BY (z.mark_tier = 'high') DESC LIMIT 1
) m ON true
