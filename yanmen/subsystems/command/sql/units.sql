-- The units of an order, late ones first, each with the coverage of what it passed on.
SELECT receipt.*, area.name_zh, area.name_en, leaf.leaves, leaf.leaves_done, leaf.leaves_late, part.id AS sub_order
FROM command_receipt AS receipt
JOIN registry_area AS area ON area.code = receipt.area AND area.valid_to IS NULL
CROSS JOIN LATERAL (
    SELECT count(*) AS leaves, count(*) FILTER (WHERE below.state IN ('done', 'verified')) AS leaves_done,
           count(*) FILTER (WHERE below.step_due < %(now)s) AS leaves_late
    FROM command_receipt AS below
    WHERE below.root_id = receipt.root_id AND below.split_at IS NULL AND below.area >= receipt.area AND below.area < receipt.area || '~'
      AND (receipt.split_at IS NOT NULL OR below.id = receipt.id)
) AS leaf
LEFT JOIN LATERAL (SELECT own.id FROM command_order AS own WHERE own.parent_id = receipt.id AND own.state = 'open' ORDER BY own.id DESC LIMIT 1) AS part ON true
WHERE receipt.order_id = %(order)s AND (%(state)s = '' OR receipt.state = %(state)s OR (%(state)s = 'late' AND receipt.step_due < %(now)s))
  AND receipt.area >= %(within)s AND receipt.area < %(within)s || '~' AND receipt.area > %(after)s
ORDER BY receipt.area
LIMIT %(limit)s
