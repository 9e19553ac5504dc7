-- relation: report_waiting
-- subject: area
-- zh: 待审核发布的报告
-- en: Reports drafted and not yet published
-- facts: reports.drafted, reports.published
-- column: report_kind text | 报告种类（daily、situation） | Kind of report (daily, situation)
-- column: drafted_on date | 起草日期 | Day on which it was drafted
-- column: since_at timestamptz | 起草时刻（时限起点） | Moment it was drafted, from which clocks run
WITH told AS (
    SELECT asked.subject, fact.*
    FROM asked
    JOIN registry_area AS area ON area.id = asked.subject
    JOIN known_facts(%(known_at)s) AS fact ON fact.area = area.code
    WHERE fact.kind IN ('reports.drafted', 'reports.published') AND fact.occurred_at < day_start(%(as_of)s::date + 1)
)
SELECT draft.subject,
       draft.detail ->> 'report' AS reason,
       array_agg(draft.id ORDER BY draft.id) AS evidence,
       min(local_date(draft.recorded_at)) AS known_on,
       max(draft.detail ->> 'report_kind') AS report_kind,
       min(local_date(draft.occurred_at)) AS drafted_on,
       min(draft.occurred_at) AS since_at
FROM told AS draft
WHERE draft.kind = 'reports.drafted'
  AND NOT EXISTS (SELECT FROM told AS done WHERE done.kind = 'reports.published' AND done.subject = draft.subject
                  AND done.detail ->> 'report' = draft.detail ->> 'report')
GROUP BY draft.subject, draft.detail ->> 'report'
