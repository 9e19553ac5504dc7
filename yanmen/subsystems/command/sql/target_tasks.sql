-- Units of a level in which tasks of a kind are open or overdue.
SELECT area.code FROM registry_area AS area
WHERE area.valid_to IS NULL AND area.level = %(level)s AND area.code <> %(own)s
  AND EXISTS (SELECT FROM unnest(%(areas)s::text[]) AS named (code) WHERE starts_with(area.code, named.code))
  AND area.code IN (SELECT left(task.area, %(digits)s) FROM loop_task AS task
                    WHERE task.kind = ANY(%(kinds)s::text[]) AND task.state IN ('open', 'failed') AND length(task.area) >= %(digits)s)
ORDER BY area.code
