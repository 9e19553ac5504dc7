-- Every tube of the asker's areas since a moment, by gate and by who holds it now; what is past its clock is late.
WITH passed AS (
    SELECT t.*, b.state AS box_state, b.trip_id,
           CASE WHEN t.void_at IS NOT NULL THEN 'void' WHEN t.released_at IS NOT NULL THEN 'released'
                WHEN t.measured_at IS NOT NULL THEN 'measured' WHEN t.logged_at IS NOT NULL THEN 'logged'
                WHEN t.received_at IS NOT NULL THEN 'received' WHEN t.sent_at IS NOT NULL THEN 'sent'
                WHEN t.boxed_at IS NOT NULL THEN 'boxed' ELSE 'sampled' END AS gate
    FROM screening_tube t LEFT JOIN screening_box b ON b.id = t.box_id
    WHERE t.first_at >= %(since)s AND (%(round)s::bigint[] IS NULL OR t.round_id = ANY (%(round)s))
      AND (t.area >= %(area)s AND t.area < %(area)s || '~' OR t.lab_area >= %(area)s AND t.lab_area < %(area)s || '~')
), held AS (
    SELECT p.gate, p.members,
           CASE WHEN p.gate IN ('released', 'void') THEN 'ended'
                WHEN p.gate IN ('logged', 'measured') THEN 'run'
                WHEN p.gate = 'received' OR p.gate = 'sent' AND p.box_state = 'received' THEN 'laboratory'
                WHEN p.gate = 'sent' AND p.box_state = 'in_transit' THEN 'courier'
                WHEN p.gate IN ('boxed', 'sent') THEN 'box' ELSE 'site' END AS holder,
           CASE WHEN p.gate IN ('released', 'void') THEN NULL
                WHEN p.gate IN ('logged', 'measured') THEN p.run_id
                WHEN p.gate = 'received' OR p.gate = 'sent' AND p.box_state = 'received' THEN p.laboratory_id
                WHEN p.gate = 'sent' AND p.box_state = 'in_transit' THEN p.trip_id
                WHEN p.gate IN ('boxed', 'sent') THEN p.box_id ELSE p.site_id END AS key,
           coalesce(p.measured_at, p.logged_at, p.received_at, p.sent_at, p.boxed_at, p.first_at) AS since,
           (%(hours)s::jsonb ->> CASE p.gate WHEN 'sampled' THEN 'boxed_hours' WHEN 'boxed' THEN 'sent_hours' WHEN 'sent' THEN 'received_hours'
                WHEN 'received' THEN 'logged_hours' WHEN 'logged' THEN 'measured_hours' WHEN 'measured' THEN 'released_hours' END)::float8 AS hours
    FROM passed p
)
SELECT h.gate, h.holder, h.key, count(*) AS tubes, sum(h.members) AS members, min(h.since) AS oldest,
       count(*) FILTER (WHERE h.since + h.hours * interval '1 hour' < %(now)s) AS late
FROM held h GROUP BY h.gate, h.holder, h.key
ORDER BY array_position(ARRAY['sampled', 'boxed', 'sent', 'received', 'logged', 'measured', 'released', 'void'], h.gate), tubes DESC, h.key
