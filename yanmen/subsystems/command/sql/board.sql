-- Orders with their units by state, late hops, and the coverage of everything below: a unit that split an order counts through its own units.
SELECT whole.id, whole.area, whole.title, whole.urgency, whole.state, whole.due_at, whole.issued_at, whole.target_count, whole.parent_id,
       direct.*, leaf.*
FROM command_order AS whole
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE receipt.state = 'issued') AS issued, count(*) FILTER (WHERE receipt.state = 'received') AS received,
           count(*) FILTER (WHERE receipt.state = 'read') AS read, count(*) FILTER (WHERE receipt.state = 'accepted') AS accepted,
           count(*) FILTER (WHERE receipt.state = 'split') AS split, count(*) FILTER (WHERE receipt.state = 'done') AS done,
           count(*) FILTER (WHERE receipt.state = 'verified') AS verified,
           count(*) FILTER (WHERE receipt.step_due < %(now)s) AS late,
           min(receipt.step_due) FILTER (WHERE receipt.step_due < %(now)s) AS oldest,
           mode() WITHIN GROUP (ORDER BY receipt.state) FILTER (WHERE receipt.step_due < %(now)s) AS late_state
    FROM command_receipt AS receipt WHERE receipt.order_id = whole.id
) AS direct
CROSS JOIN LATERAL (
    SELECT count(*) AS leaves, count(*) FILTER (WHERE receipt.state IN ('done', 'verified')) AS leaves_done,
           count(*) FILTER (WHERE receipt.step_due < %(now)s) AS leaves_late
    FROM command_receipt AS receipt
    WHERE receipt.root_id = coalesce(whole.root_id, whole.id) AND receipt.split_at IS NULL
      AND receipt.area >= whole.area AND receipt.area < whole.area || '~'
) AS leaf
WHERE whole.area >= %(area)s AND whole.area < %(area)s || '~'
  AND (%(below)s = (whole.area <> %(area)s)) AND (NOT %(below)s OR whole.parent_id IS NULL)
  AND CASE WHEN %(closed)s THEN whole.state <> 'open' OR direct.verified = whole.target_count
           ELSE whole.state = 'open' AND direct.verified < whole.target_count END
ORDER BY (direct.late > 0) DESC, whole.issued_at DESC, whole.id DESC
LIMIT %(limit)s
