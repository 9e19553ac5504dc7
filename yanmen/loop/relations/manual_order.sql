-- relation: manual_order
-- subject: person
-- zh: 指挥部个案决定
-- en: Orders of a commander on one person
-- facts: measure.ordered, measure.approved
-- column: order_kind text | 决定种类 | Kind of order, from the pack's closed list
-- column: document text | 文件编号 | Document the order rests on
-- column: clause text | 条款 | Clause that allows it
-- column: ordered_on date | 作出日期 | Day of the order
-- column: ends_on date | 截止日期 | Last day of the order
-- column: proposer_unit text | 提出单位 | Unit that proposes
-- column: approver_unit text | 批准单位 | Unit that approved (empty: nobody yet)
-- column: next_on date | 下次变化 | Day after the last day
SELECT asked.subject,
       f.id::text AS reason,
       ARRAY[f.id] || coalesce(a.ids, '{}') AS evidence,
       greatest(local_date(f.recorded_at), a.approved_on) AS known_on,
       f.detail ->> 'order' AS order_kind,
       coalesce(f.detail ->> 'document', '') AS document,
       coalesce(f.detail ->> 'clause', '') AS clause,
       local_date(f.occurred_at) AS ordered_on,
       (f.detail ->> 'ends_on')::date AS ends_on,
       coalesce(f.detail ->> 'unit', '') AS proposer_unit,
       coalesce(a.unit, '') AS approver_unit,
       (f.detail ->> 'ends_on')::date + 1 AS next_on
FROM asked
JOIN known_facts(%(known_at)s) f ON f.person_id = asked.member AND f.kind = 'measure.ordered'
LEFT JOIN LATERAL (
    SELECT array_agg(g.id ORDER BY g.id) AS ids, min(g.detail ->> 'unit') AS unit, min(local_date(g.recorded_at)) AS approved_on
    FROM known_facts(%(known_at)s) g
    WHERE g.person_id = asked.member AND g.kind = 'measure.approved' AND g.detail ->> 'reason' = f.id::text
      AND g.recorded_by <> f.recorded_by
) a ON true
