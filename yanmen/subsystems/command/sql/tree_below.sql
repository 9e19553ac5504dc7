-- An order and every sub-order that came of it.
WITH RECURSIVE tree AS (
    SELECT whole.id FROM command_order AS whole WHERE whole.id = %(order)s
    UNION ALL
    SELECT part.id FROM tree
    JOIN command_receipt AS receipt ON receipt.order_id = tree.id AND receipt.split_at IS NOT NULL
    JOIN command_order AS part ON part.parent_id = receipt.id
)
SELECT id FROM tree
