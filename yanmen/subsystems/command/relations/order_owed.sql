-- relation: order_owed
-- subject: area
-- zh: 未办结的指令
-- en: Orders that a unit has not carried out
-- facts: command.order_issued, command.order_done, command.order_returned, command.order_recalled
-- column: order_id bigint | 指令编号 | Number of the order
-- column: urgency text | 缓急（express特急、urgent加急、ordinary平急） | How urgent: express, urgent, ordinary
-- column: issued_on date | 下达日期 | Day on which it was given
-- column: since_at timestamptz | 时限起点 | Moment from which the clock runs, so that it ends at the deadline
--
-- One row an order and unit until the unit reports it done; what is sent back is owed again, from the moment it came back.
WITH told AS (
    SELECT asked.subject, fact.*, fact.detail ->> 'answers' AS key
    FROM asked
    JOIN registry_area AS area ON area.id = asked.subject
    JOIN known_facts(%(known_at)s) AS fact ON fact.area = area.code
    WHERE fact.kind IN ('command.order_issued', 'command.order_done', 'command.order_returned', 'command.order_recalled')
      AND fact.occurred_at < day_start(%(as_of)s::date + 1)
), last AS (
    SELECT DISTINCT ON (subject, key) subject, key, kind, id, detail, recorded_at
    FROM told ORDER BY subject, key, occurred_at DESC, id DESC
)
SELECT last.subject,
       last.key AS reason,
       ARRAY[last.id] AS evidence,
       local_date(last.recorded_at) AS known_on,
       (last.detail ->> 'order')::bigint AS order_id,
       last.detail ->> 'urgency' AS urgency,
       local_date(last.recorded_at) AS issued_on,
       (last.detail ->> 'clock_from')::timestamptz AS since_at
FROM last
WHERE last.kind IN ('command.order_issued', 'command.order_returned')
