-- Tasks of grid workers in an area on a day, of some people or all: opened by its end, not overdue for longer than is listed.
SELECT task.subject AS person, task.kind, min(task.due_at) AS due_at
FROM loop_task AS task
WHERE task.subject_type = 'person' AND task.role = 'grid_officer' AND task.state IN ('open', 'failed')
  AND task.area >= %(area)s AND task.area < %(area)s || '~'
  AND task.opens_at < day_start(%(day)s::date + 1) AND task.due_at > day_start(%(day)s::date - %(late_days)s)
  AND (%(people)s::bigint[] IS NULL OR task.subject = ANY(%(people)s::bigint[]))
GROUP BY task.subject, task.kind
ORDER BY task.subject, due_at, task.kind
