-- relation: awaiting_hand_over
-- subject: person
-- zh: 首站待移交、途中人员
-- en: People whom a first stop holds for hand-over or has sent on
-- facts: checkpoints.hand_over_opened, checkpoints.handed_over, checkpoints.received, checkpoints.refused
-- column: opened_on date | 首站登记日期 | Day the first stop opened the hand-over
-- column: owed text | 移交缘由（措施种类） | What the person owes, as a kind of measure
-- column: from_area text | 首站所在地代码 | Code of the area of the first stop
-- column: to_area text | 接收地代码 | Code of the receiving area
-- column: under_way boolean | 是否已发车 | Whether the vehicle has left
-- column: since_at timestamptz | 首站登记时刻（时限起点） | Moment of opening, from which clocks run
WITH told AS (
    SELECT asked.subject, fact.id, fact.kind, fact.occurred_at, fact.recorded_at, fact.detail, fact.detail ->> 'hand_over' AS key
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member
    WHERE fact.kind IN ('checkpoints.hand_over_opened', 'checkpoints.handed_over', 'checkpoints.received', 'checkpoints.refused')
), course AS (
    SELECT subject, key,
           bool_or(kind = 'checkpoints.handed_over') AS under_way,
           bool_or(kind IN ('checkpoints.received', 'checkpoints.refused')) AS ended
    FROM told
    GROUP BY subject, key
)
SELECT told.subject,
       told.key AS reason,
       ARRAY[told.id] AS evidence,
       local_date(told.recorded_at) AS known_on,
       local_date(told.occurred_at) AS opened_on,
       told.detail ->> 'owed' AS owed,
       told.detail ->> 'from_area' AS from_area,
       told.detail ->> 'to_area' AS to_area,
       course.under_way,
       told.occurred_at AS since_at
FROM told
JOIN course ON course.subject = told.subject AND course.key = told.key
WHERE told.kind = 'checkpoints.hand_over_opened' AND NOT course.ended
