-- One receipt a unit, in one statement however many units there are.
INSERT INTO command_receipt (order_id, root_id, area, state, issued_at, receive_by, read_due, accept_due, due_at, step_due,
                             received_by, read_by, accepted_by, done_by, done_note, verified_by, returned_why, returns)
SELECT %(order)s, %(root)s, unit.code, 'issued', %(now)s, %(receive)s, %(read)s, %(accept)s, %(done)s, %(receive)s, '', '', '', '', '', '', '', 0
FROM unnest(%(units)s::text[]) AS unit (code)
