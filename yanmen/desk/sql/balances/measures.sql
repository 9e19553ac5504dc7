-- balance: measures
-- order: 80
-- zh: 措施 → 解除
-- en: Measure → end
-- page: desk.measures
-- part: running | 期限内 | Within its days
-- part: until_reason | 原因消除即解除 | Ends with its reason
-- part: reviewed | 超期，核实中 | Over-held, under review
-- lost: 超期而无人核实 | Over-held, nobody asked
--
-- A row a measure in force on a person.
SELECT m.id::text AS key, m.subject AS person, m.area,
       CASE WHEN m.last_day IS NULL THEN 'until_reason'
            WHEN day_start(m.last_day + 1) > %(now)s - %(end_hours)s * interval '1 hour' THEN 'running'
            WHEN m.over_hold AND EXISTS (
                SELECT FROM loop_task AS t WHERE t.measure_id = m.id AND t.kind = 'release_review' AND t.state <> 'cancelled'
            ) THEN 'reviewed'
            ELSE 'lost' END AS part,
       m.imposed_at AS since
FROM loop_measure AS m
WHERE m.subject_type = 'person' AND m.state = 'in_force' AND m.area >= %(first)s AND m.area < %(after)s
