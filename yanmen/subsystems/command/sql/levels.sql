-- The tree of an order by level of unit and state, with what is late: five rows of a picture.
SELECT length(receipt.area) AS digits, receipt.state, count(*) AS units, count(*) FILTER (WHERE receipt.step_due < %(now)s) AS late,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM receipt.received_at - receipt.issued_at)) AS received,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM receipt.read_at - receipt.issued_at)) AS read,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM receipt.accepted_at - receipt.issued_at)) AS accepted,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM receipt.done_at - receipt.issued_at)) AS done
FROM command_receipt AS receipt
WHERE receipt.root_id = %(root)s AND receipt.area >= %(area)s AND receipt.area < %(area)s || '~'
GROUP BY GROUPING SETS ((length(receipt.area), receipt.state), (length(receipt.area)))
ORDER BY 1, 2
