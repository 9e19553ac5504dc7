-- Clocks of cases by area and kind: how many there are, how many are late and still owed, how many were done late.
WITH clock AS (
    SELECT left(task.area, %(width)s) AS area, task.kind, task.state, task.due_at, done.at AS done_at
    FROM loop_task AS task
    JOIN loop_measure AS measure ON measure.id = task.measure_id
    LEFT JOIN LATERAL (
        SELECT CASE WHEN task.kind <> 'network_report' THEN answer.occurred_at
                    ELSE cases_first_told(answer.person_id, measure.reason) END AS at
        FROM loop_fact AS answer WHERE answer.id = task.done_by
    ) AS done ON true
    WHERE task.subject_type = 'person' AND task.kind = ANY(%(kinds)s) AND task.state <> 'cancelled'
      AND task.area >= %(area)s AND task.area < %(area)s || '~' AND task.opens_at >= %(since)s
)
SELECT area, kind, count(*)::int AS total,
       (count(*) FILTER (WHERE state IN ('open', 'failed') AND due_at < %(now)s))::int AS open_late,
       (count(*) FILTER (WHERE state = 'done' AND done_at > due_at))::int AS done_late
FROM clock GROUP BY area, kind ORDER BY open_late DESC, area, kind
