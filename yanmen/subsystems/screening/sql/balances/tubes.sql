-- balance: tubes
-- order: 60
-- zh: 采样管 → 结果
-- en: Sample tube → result
-- page: screening.balance
-- part: released | 结果已签发 | Result released
-- part: void | 已作废 | Void
-- part: laboratory | 在检测机构 | At a laboratory
-- part: courier | 在转运途中 | With a courier
-- part: box | 已装箱 | In a box
-- part: site | 在采样点 | At the site
-- lost: 无人持有或逾时 | Held by nobody, or overdue
--
-- A row a tube. Lost is what nobody holds by name, and what has no result after the hours in which every sample has one.
SELECT t.code AS key, NULL::bigint AS person, t.area,
       CASE WHEN t.void_at IS NOT NULL THEN 'void' WHEN t.released_at IS NOT NULL THEN 'released'
            WHEN t.first_at < %(now)s - %(sample_hours)s * interval '1 hour'
              OR t.logged_at IS NOT NULL AND t.run_id IS NULL
              OR t.received_at IS NOT NULL AND t.laboratory_id IS NULL
              OR t.boxed_at IS NOT NULL AND t.box_id IS NULL
              OR t.boxed_at IS NULL AND t.received_at IS NULL AND t.site_id IS NULL THEN 'lost'
            WHEN t.received_at IS NOT NULL OR b.state = 'received' THEN 'laboratory'
            WHEN b.state = 'in_transit' THEN 'courier'
            WHEN t.boxed_at IS NOT NULL THEN 'box' ELSE 'site' END AS part,
       t.first_at AS since
FROM screening_tube AS t LEFT JOIN screening_box AS b ON b.id = t.box_id
WHERE t.first_at >= %(since)s AND t.area >= %(first)s AND t.area < %(after)s
