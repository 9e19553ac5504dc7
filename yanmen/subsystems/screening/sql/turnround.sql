-- How long each hop took for the tubes of the asker's areas that passed it in a stretch of time: number, median, ninth decile.
-- All together (without a key) and, where `by` says so, for each site or laboratory: one look at the tubes answers both.
-- Counted by whole minutes, so that nothing is sorted.
WITH passed AS (
    SELECT CASE %(by)s WHEN 'site' THEN t.site_id WHEN 'laboratory' THEN t.laboratory_id END AS key, m.gate,
           (extract(epoch FROM m.at - m.since) / 60)::int AS minutes
    FROM screening_tube t
    CROSS JOIN LATERAL (VALUES
        ('boxed', t.first_at, t.boxed_at), ('sent', t.boxed_at, t.sent_at), ('received', t.sent_at, t.received_at),
        ('logged', t.received_at, t.logged_at), ('measured', t.logged_at, t.measured_at), ('released', t.measured_at, t.released_at),
        ('all', t.first_at, t.released_at)) AS m (gate, since, at)
    WHERE t.first_at >= %(since)s - interval '3 days' AND m.at >= %(since)s AND m.at <= %(now)s AND m.since IS NOT NULL
      AND (t.area >= %(area)s AND t.area < %(area)s || '~' OR t.lab_area >= %(area)s AND t.lab_area < %(area)s || '~')
), counted AS (
    SELECT p.key, p.gate, p.minutes, count(*) AS n
    FROM passed p GROUP BY GROUPING SETS ((p.key, p.gate, p.minutes), (p.gate, p.minutes))
    HAVING p.key IS NOT NULL OR grouping(p.key) = 1
), ranked AS (
    SELECT c.*, sum(c.n) OVER (PARTITION BY c.key, c.gate ORDER BY c.minutes) AS up_to, sum(c.n) OVER (PARTITION BY c.key, c.gate) AS total
    FROM counted c
)
SELECT r.key, r.gate, max(r.total)::bigint AS tubes,
       (60 * min(r.minutes) FILTER (WHERE r.up_to >= 0.5 * r.total))::float8 AS median,
       (60 * min(r.minutes) FILTER (WHERE r.up_to >= 0.9 * r.total))::float8 AS p90
FROM ranked r GROUP BY r.key, r.gate
ORDER BY r.key, array_position(ARRAY['boxed', 'sent', 'received', 'logged', 'measured', 'released', 'all'], r.gate)
