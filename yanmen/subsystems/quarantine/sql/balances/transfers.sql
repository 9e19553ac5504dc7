-- balance: transfers
-- order: 50
-- zh: 转运 → 到达
-- en: Transfer → arrived
-- page: quarantine.transfers
-- part: arrived | 已到达 | Arrived
-- part: ended | 取消、拒收或送回 | Cancelled, refused or brought back
-- part: waiting | 待出发 | Not yet under way
-- part: under_way | 在途 | On the way
-- lost: 逾时未到 | Overdue, not arrived
SELECT t.id::text AS key, t.person_id AS person, t.area,
       CASE WHEN t.state = 'arrived' THEN 'arrived'
            WHEN t.state IN ('returned', 'refused', 'cancelled') THEN 'ended'
            WHEN coalesce(t.picked_up_at, t.due_at) < %(now)s - %(transfer_hours)s * interval '1 hour' THEN 'lost'
            WHEN t.state = 'picked_up' THEN 'under_way'
            ELSE 'waiting' END AS part,
       t.requested_at AS since
FROM quarantine_transfer AS t
WHERE t.requested_at >= %(since)s AND t.area >= %(first)s AND t.area < %(after)s
