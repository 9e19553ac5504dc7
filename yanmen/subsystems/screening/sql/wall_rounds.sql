-- Rounds that run now in an area or around it: how many people of the area are to be sampled, how many were.
SELECT r.id, c.id AS campaign, c.name_zh, c.name_en, r.number, r.closes_at, sum(p.people)::int AS people, sum(p.sampled)::int AS sampled
FROM screening_round r
JOIN screening_campaign c ON c.id = r.campaign_id AND c.state = 'running'
JOIN screening_part p ON p.round_id = r.id
WHERE r.opens_at <= %(now)s AND r.closed_at IS NULL
  AND (p.area >= %(area)s AND p.area < %(area)s || '~' OR p.area = ANY (%(around)s))
GROUP BY r.id, c.id ORDER BY r.closes_at, r.id LIMIT %(most)s
