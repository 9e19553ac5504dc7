-- Hops that are late, the oldest first.
SELECT receipt.id, receipt.order_id, receipt.area, receipt.state, receipt.step_due, whole.title, whole.urgency, whole.area AS from_area
FROM command_receipt AS receipt
JOIN command_order AS whole ON whole.id = receipt.order_id
WHERE receipt.step_due < %(now)s AND receipt.area >= %(area)s AND receipt.area < %(area)s || '~'
ORDER BY receipt.step_due, receipt.id
LIMIT %(limit)s
