-- How many tasks of a kind, owed while the order ran, are done in each unit.
SELECT left(task.area, %(digits)s) AS area, count(*) FILTER (WHERE task.state = 'done') AS done, count(*) AS every
FROM loop_task AS task
WHERE task.kind = %(kind)s AND task.state <> 'cancelled' AND task.opens_at <= %(due_at)s AND coalesce(task.closed_at, %(due_at)s) >= %(issued_at)s
  AND task.area >= %(within)s AND task.area < %(within)s || '~' AND left(task.area, %(digits)s) = ANY(%(areas)s::text[])
GROUP BY 1
