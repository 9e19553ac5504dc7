-- relation: source_unknown
-- subject: person
-- zh: 感染来源不明
-- en: Cases whose source is not told
-- facts: cases.reported, cases.reclassified, cases.merged, cases.source_told
-- column: disease text | 病种 | Disease
-- column: kind text | 病例类型（confirmed、asymptomatic、suspected） | Kind of case (confirmed, asymptomatic, suspected)
-- column: setting text | 发现场景（arrival：输入） | Where the person was found (arrival: brought in from abroad)
-- column: reported_on date | 发现病例的日期 | Day on which the case was found
-- column: since_at timestamptz | 发现病例的时刻（时限起点） | Moment the case was found, from which clocks run
--
-- One row a case that stands, without a told source. A source told to be imported or otherwise known is told.
WITH told AS (
    SELECT asked.subject, fact.*, coalesce(fact.detail ->> 'case', fact.id::text) AS key
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member
    WHERE fact.kind IN ('cases.reported', 'cases.reclassified', 'cases.merged', 'cases.source_told')
), report AS (
    SELECT told.*,
           coalesce((
               SELECT later.detail ->> 'to' FROM told AS later
               WHERE later.subject = told.subject AND later.kind = 'cases.reclassified' AND later.key = told.key
               ORDER BY later.occurred_at DESC, later.id DESC LIMIT 1
           ), told.detail ->> 'kind', 'confirmed') AS kind_now
    FROM told
    WHERE told.kind = 'cases.reported'
)
SELECT report.subject,
       report.key AS reason,
       ARRAY[report.id] AS evidence,
       local_date(report.recorded_at) AS known_on,
       coalesce(nullif(report.detail ->> 'disease', ''), 'covid19') AS disease,
       report.kind_now AS kind,
       coalesce(report.detail ->> 'setting', 'unknown') AS setting,
       local_date(report.occurred_at) AS reported_on,
       report.occurred_at AS since_at
FROM report
WHERE report.kind_now IN ('confirmed', 'asymptomatic', 'suspected')
  AND NOT EXISTS (
      SELECT FROM told AS later
      WHERE later.subject = report.subject AND later.key = report.key AND later.kind IN ('cases.source_told', 'cases.merged')
  )
