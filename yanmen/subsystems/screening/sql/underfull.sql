-- Pools of a round that were closed, or left alone, with few people in them; and those that were filled after all.
WITH open AS (
    SELECT t.code, t.area, t.site_id, t.members, t.capacity FROM screening_tube t
    JOIN screening_round r ON r.id = t.round_id
    LEFT JOIN LATERAL (
        SELECT p."group" FROM screening_part p
        WHERE p.round_id = r.id AND starts_with(t.area, p.area) ORDER BY length(p.area) DESC LIMIT 1
    ) part ON true
    WHERE t.released_at IS NULL AND t.void_at IS NULL AND t.first_at > %(since)s AND t.members > 1
      AND (t.boxed_at IS NOT NULL OR t.last_at <= %(left)s) AND t.members <= t.capacity * %(share)s
      AND coalesce(part."group", 'general') = 'general'
), filled AS (
    UPDATE screening_finding f SET resolved_at = %(now)s, resolved_by = %(by)s, note = '绑定记录已补到 · The bindings came in later'
    FROM screening_tube t
    WHERE f.kind = 'underfull' AND f.resolved_at IS NULL AND t.code = f.tube AND t.members > t.capacity * %(share)s
)
INSERT INTO screening_finding (kind, tube, area, site_id, key, detail, found_at, resolved_by, note)
SELECT 'underfull', o.code, o.area, o.site_id, '', jsonb_build_object('people', o.members, 'holds', o.capacity), %(now)s, '', ''
FROM open o
ON CONFLICT (kind, tube, key) DO NOTHING
