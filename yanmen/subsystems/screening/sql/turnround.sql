-- How long each hop took for the tubes of the asker's areas that passed it in a stretch of time: number, median, ninth decile.
-- `by` groups them: all together, or by site, or by laboratory.
WITH passed AS (
    SELECT t.*, CASE %(by)s WHEN 'site' THEN t.site_id WHEN 'laboratory' THEN t.laboratory_id END AS key
    FROM screening_tube t
    WHERE t.first_at >= %(since)s - interval '3 days'
      AND (t.area >= %(area)s AND t.area < %(area)s || '~' OR t.lab_area >= %(area)s AND t.lab_area < %(area)s || '~')
), hops AS (
    SELECT key, 'boxed' AS gate, boxed_at - first_at AS took FROM passed WHERE boxed_at >= %(since)s AND boxed_at <= %(now)s UNION ALL
    SELECT key, 'sent', sent_at - boxed_at FROM passed WHERE sent_at >= %(since)s AND sent_at <= %(now)s UNION ALL
    SELECT key, 'received', received_at - sent_at FROM passed WHERE received_at >= %(since)s AND received_at <= %(now)s UNION ALL
    SELECT key, 'logged', logged_at - received_at FROM passed WHERE logged_at >= %(since)s AND logged_at <= %(now)s UNION ALL
    SELECT key, 'measured', measured_at - logged_at FROM passed WHERE measured_at >= %(since)s AND measured_at <= %(now)s UNION ALL
    SELECT key, 'released', released_at - measured_at FROM passed WHERE released_at >= %(since)s AND released_at <= %(now)s UNION ALL
    SELECT key, 'all', released_at - first_at FROM passed WHERE released_at >= %(since)s AND released_at <= %(now)s
)
SELECT h.key, h.gate, count(*) AS tubes,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM h.took)) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM h.took)) AS p90
FROM hops h WHERE h.took IS NOT NULL GROUP BY h.key, h.gate
ORDER BY h.key, array_position(ARRAY['boxed', 'sent', 'received', 'logged', 'measured', 'released', 'all'], h.gate)
