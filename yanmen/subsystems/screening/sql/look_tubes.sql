-- Each tube's row: where and when it was filled, how many are in it, how many it holds by its round and group.
WITH told AS (
    SELECT l.tube, (array_agg(l.area ORDER BY l.occurred_at, l.id))[1] AS area,
           (array_agg(l.place_id ORDER BY l.occurred_at, l.id))[1] AS place,
           (array_agg(l.device ORDER BY l.occurred_at, l.id))[1] AS device,
           count(DISTINCT coalesce(l.person_id::text, l.id::text)) AS members, min(l.occurred_at) AS first_at,
           max(l.occurred_at) AS last_at
    FROM looked l GROUP BY l.tube
), held AS (
    SELECT t.*, s.place_id AS site, r.id AS round, (r.pools ->> r.held_as)::int AS capacity
    FROM told t
    LEFT JOIN screening_site s ON s.place_id = t.place
    LEFT JOIN LATERAL (
        SELECT r.id, c.pools, coalesce((
            SELECT p."group" FROM screening_part p
            WHERE p.round_id = r.id AND starts_with(t.area, p.area) ORDER BY length(p.area) DESC LIMIT 1
        ), 'general') AS held_as
        FROM screening_round r JOIN screening_campaign c ON c.id = r.campaign_id
        WHERE starts_with(t.area, r.area) AND r.opens_at <= t.first_at AND t.first_at < r.closes_at
          AND c.state IN ('running', 'ended')
        ORDER BY length(r.area) DESC, r.opens_at DESC LIMIT 1
    ) r ON true
)
INSERT INTO screening_tube AS t
    (code, area, site_id, round_id, capacity, members, first_at, last_at, device, rack, typed, lab_area, condition, result, void_why)
SELECT h.tube, h.area, h.site, h.round, coalesce(h.capacity, %(capacity)s), h.members, h.first_at, h.last_at, h.device,
       '', false, '', '', '', ''
FROM held h
ON CONFLICT (code) DO UPDATE SET
    area = CASE WHEN t.members = 0 THEN excluded.area ELSE t.area END,
    site_id = coalesce(t.site_id, excluded.site_id),
    round_id = coalesce(t.round_id, excluded.round_id),
    capacity = CASE WHEN t.members = 0 THEN excluded.capacity ELSE t.capacity END,
    members = greatest(excluded.members, CASE WHEN t.first_at < excluded.first_at THEN t.members ELSE 0 END),
    first_at = CASE WHEN t.members = 0 THEN excluded.first_at ELSE least(t.first_at, excluded.first_at) END,
    last_at = CASE WHEN t.members = 0 THEN excluded.last_at ELSE greatest(t.last_at, excluded.last_at) END,
    device = coalesce(t.device, excluded.device);
-- Whose members were missing at the laboratory has them now.
UPDATE screening_finding f SET resolved_at = %(now)s, resolved_by = %(by)s, note = '绑定记录已补到 · The bindings came in later'
WHERE f.kind = 'never_bound' AND f.resolved_at IS NULL AND f.tube IN (SELECT k.tube FROM looked_tube k)
  AND EXISTS (SELECT FROM looked l WHERE l.tube = f.tube);
