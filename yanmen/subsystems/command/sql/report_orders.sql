-- Orders of an area, or given to it from above, as its units had answered them by a moment and as known at one: from facts, so that a
-- report of a past day says the same whenever it is written. Open ones, and those on which anything was said since.
WITH said AS MATERIALIZED (
    SELECT (fact.detail ->> 'order')::bigint AS order_id, fact.area, fact.kind, fact.occurred_at, fact.id,
           (fact.detail ->> 'due_at')::timestamptz AS due_at
    FROM known_facts(%(known_at)s) AS fact
    WHERE fact.kind IN ('command.order_issued', 'command.order_accepted', 'command.order_done', 'command.order_verified',
                        'command.order_returned', 'command.order_recalled')
      AND fact.area >= %(first)s AND fact.area < %(after)s
      AND fact.occurred_at >= %(back)s AND fact.occurred_at < %(until)s
), last AS (
    SELECT DISTINCT ON (order_id, area) order_id, area, kind, occurred_at FROM said ORDER BY order_id, area, occurred_at DESC, id DESC
), due AS (
    SELECT DISTINCT ON (order_id, area) order_id, area, due_at FROM said WHERE due_at IS NOT NULL
    ORDER BY order_id, area, occurred_at DESC, id DESC
)
SELECT whole.id, whole.title, whole.due_at, count(*)::int AS units,
       count(*) FILTER (WHERE last.kind = 'command.order_done')::int AS done,
       count(*) FILTER (WHERE last.kind = 'command.order_verified')::int AS verified,
       count(*) FILTER (WHERE last.kind NOT IN ('command.order_done', 'command.order_verified') AND due.due_at < %(until)s)::int AS late
FROM last
JOIN due USING (order_id, area)
JOIN command_order AS whole ON whole.id = last.order_id
WHERE last.kind <> 'command.order_recalled' AND starts_with(%(area)s, whole.area)
GROUP BY whole.id
HAVING count(*) FILTER (WHERE last.kind <> 'command.order_verified') > 0 OR max(last.occurred_at) >= %(since)s
ORDER BY late DESC, whole.due_at, whole.id
