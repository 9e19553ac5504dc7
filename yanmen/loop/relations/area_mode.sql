-- relation: area_mode
-- subject: area
-- zh: 平转应急的提议与批准
-- en: Proposals to switch an area to emergency, and their approval
-- facts: mode.proposed, mode.undone, measure.approved
-- column: desk text | 业务（*：全部） | Desk that switches (*: all)
-- column: disease text | 病种 | Disease
-- column: document text | 文件编号 | Document it rests on
-- column: clause text | 条款 | Clause that allows it
-- column: starts_on date | 转入日期 | Day it switches
-- column: ends_on date | 截止日期 | Last day
-- column: renewed boolean | 是否已续期 | Whether a renewal is approved
-- column: proposer_unit text | 提出单位 | Unit that proposes
-- column: approver_unit text | 批准单位 | Unit that approved (empty: nobody yet)
-- column: next_on date | 下次变化 | Next day on which something may change
--
-- A row a proposal that was not undone and is not over. The reason reads desk|disease|proposal: what asks for the mode reads it there.
WITH told AS (
    SELECT asked.subject, f.*, a.ids, a.unit, a.approved_on
    FROM asked
    JOIN registry_area area ON area.id = asked.subject
    JOIN known_facts(%(known_at)s) f ON f.area = area.code AND f.kind = 'mode.proposed'
    LEFT JOIN LATERAL (
        SELECT array_agg(g.id ORDER BY g.id) AS ids, min(g.detail ->> 'unit') AS unit, min(local_date(g.recorded_at)) AS approved_on
        FROM known_facts(%(known_at)s) g
        WHERE g.area = area.code AND g.kind = 'measure.approved' AND g.detail ->> 'reason' = f.id::text
          AND g.recorded_by <> f.recorded_by
    ) a ON true
    WHERE (f.detail ->> 'ends_on')::date >= %(as_of)s
      AND NOT EXISTS (SELECT 1 FROM known_facts(%(known_at)s) u
                      WHERE u.area = area.code AND u.kind = 'mode.undone' AND u.detail ->> 'proposal' = f.id::text)
)
SELECT t.subject,
       concat_ws('|', t.detail ->> 'desk', t.detail ->> 'disease', t.id) AS reason,
       ARRAY[t.id] || coalesce(t.ids, '{}') AS evidence,
       greatest(local_date(t.recorded_at), t.approved_on) AS known_on,
       t.detail ->> 'desk' AS desk,
       t.detail ->> 'disease' AS disease,
       coalesce(t.detail ->> 'document', '') AS document,
       coalesce(t.detail ->> 'clause', '') AS clause,
       (t.detail ->> 'starts_on')::date AS starts_on,
       (t.detail ->> 'ends_on')::date AS ends_on,
       EXISTS (SELECT 1 FROM told r WHERE r.subject = t.subject AND r.detail ->> 'renews' = t.id::text AND r.unit <> '') AS renewed,
       coalesce(t.detail ->> 'unit', '') AS proposer_unit,
       coalesce(t.unit, '') AS approver_unit,
       greatest((t.detail ->> 'starts_on')::date, %(as_of)s::date + 1) AS next_on
FROM told t
