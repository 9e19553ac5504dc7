-- balance: tasks
-- order: 90
-- zh: 未办任务 → 有人过问
-- en: Task still owed → somebody knows
-- page: desk.worklist
-- part: open | 时限内 | Within its clock
-- part: told | 逾期，已报上级 | Late, the level above was told
-- lost: 逾期无人知晓 | Late, nobody was told
--
-- A row a task that is not done. What is done was closed by a fact, what is cancelled is owed no more.
SELECT t.id::text AS key, CASE WHEN t.subject_type = 'person' THEN t.subject END AS person, t.area,
       CASE WHEN t.state = 'failed' AND t.escalated_to IS NOT NULL THEN 'told'
            WHEN t.state = 'open' AND t.due_at > %(now)s - %(task_hours)s * interval '1 hour' THEN 'open'
            ELSE 'lost' END AS part,
       t.due_at AS since
FROM loop_task AS t
WHERE t.state IN ('open', 'failed') AND t.area >= %(first)s AND t.area < %(after)s
