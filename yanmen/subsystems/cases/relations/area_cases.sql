-- relation: area_cases
-- subject: area
-- zh: 区域内病例
-- en: Cases in an area
-- facts: cases.reported, cases.reclassified, cases.assessed, risk_areas.wide_spread_found
-- column: level text | 区域层级（village、township、county、city、province） | Level of the area (village, township, county, city, province)
-- column: setting text | 发现场景（community、central_quarantine、home_isolation、closed_loop、re_positive、arrival、unknown） | Where the cases were found (community, central_quarantine, home_isolation, closed_loop, re_positive, arrival, unknown)
-- column: spread_outside boolean | 是否已有场景外传播 | Whether they spread outside that setting
-- column: ct numeric | 最低Ct值（空：不详） | Lowest Ct (empty: unknown)
-- column: assessed_risk text | 复阳传播风险评估结果（risk、none；空：未评估） | Assessed risk of a re-positive (risk, none; empty: not assessed)
-- column: first_case_on date | 首例发现日期 | Day of the first case
-- column: last_case_on date | 末例发现日期 | Day of the last case
-- column: cases integer | 病例数 | Number of cases
-- column: wide_spread boolean | 是否判定传播范围广 | Whether spread was found to be wide
-- column: since_at timestamptz | 首例报告时刻（时限起点） | Moment of the first report, from which clocks run
--
-- COVID-19 only. Cases count in the smallest area they are known for. One row a run of cases of one setting: settings that are
-- exempt from zoning never prolong a zone; re-positives and arrivals stand alone, for their own Ct and assessment.
-- A run goes on while its next case is reported within four days of the last one, and a zone of every edition
-- stands longer than that. So a late report opens a run of its own instead of joining one that is over. This number
-- only groups: it changes neither tier nor day.
WITH told AS (
    SELECT asked.subject, area.level, fact.*, coalesce(fact.detail ->> 'case', fact.id::text) AS key
    FROM asked
    JOIN registry_area AS area ON area.id = asked.subject
    JOIN known_facts(%(known_at)s) AS fact ON fact.area = area.code
    WHERE fact.kind IN ('cases.reported', 'cases.reclassified', 'cases.assessed', 'risk_areas.wide_spread_found')
      AND fact.occurred_at < day_start(%(as_of)s::date + 1)
), latest AS (
    SELECT DISTINCT ON (subject, key, kind)
           subject, key, kind, detail ->> 'to' AS renamed, detail ->> 'risk' AS risk
    FROM told
    WHERE kind IN ('cases.reclassified', 'cases.assessed')
    ORDER BY subject, key, kind, occurred_at DESC, id DESC
), report AS (
    SELECT told.subject, told.level, told.id, told.key, least(told.recorded_at, first_told.at) AS first_recorded_at,
           local_date(told.occurred_at) AS case_on,
           coalesce(told.detail ->> 'setting', 'unknown') AS setting,
           coalesce((told.detail ->> 'spread_outside')::boolean, false) AS spread_outside,
           coalesce((told.detail ->> 'wide_spread')::boolean, false) AS wide_spread,
           (told.detail ->> 'ct')::numeric AS ct,
           assessed.risk AS assessed_risk,
           CASE WHEN told.detail ->> 'setting' IN ('re_positive', 'arrival') THEN told.key END AS alone
    FROM told
    LEFT JOIN (
        SELECT version.area, version.detail ->> 'case' AS key, min(version.recorded_at) AS at
        FROM loop_fact AS version
        WHERE version.kind = 'cases.reported' AND version.area IN (SELECT area FROM told)
        GROUP BY 1, 2
    ) AS first_told ON first_told.area = told.area AND first_told.key = told.key
    LEFT JOIN latest AS renamed
        ON renamed.subject = told.subject AND renamed.key = told.key AND renamed.kind = 'cases.reclassified'
    LEFT JOIN latest AS assessed
        ON assessed.subject = told.subject AND assessed.key = told.key AND assessed.kind = 'cases.assessed'
    WHERE told.kind = 'cases.reported' AND coalesce(told.detail ->> 'disease', '') IN ('', 'covid19')
      AND coalesce(renamed.renamed, told.detail ->> 'kind') IN ('confirmed', 'asymptomatic')
), ordered AS (
    SELECT report.*,
           max(case_on) OVER earlier AS last_on,
           max(first_recorded_at) OVER earlier AS last_recorded_at
    FROM report
    WINDOW earlier AS (
        PARTITION BY subject, setting, spread_outside, alone ORDER BY first_recorded_at, case_on, key
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
), numbered AS (
    SELECT ordered.*,
           count(*) FILTER (WHERE last_on IS NULL OR case_on > last_on + 4
                                  OR (local_date(first_recorded_at) > last_on + 4 AND first_recorded_at > last_recorded_at))
               OVER (PARTITION BY subject, setting, spread_outside, alone ORDER BY first_recorded_at, case_on, key) AS run
    FROM ordered
), wide AS (
    SELECT subject, min(local_date(occurred_at)) AS found_on, array_agg(id ORDER BY id) AS evidence
    FROM told
    WHERE kind = 'risk_areas.wide_spread_found'
    GROUP BY subject
)
SELECT run.subject,
       run.reason,
       run.evidence || CASE WHEN wide.found_on >= run.first_case_on THEN wide.evidence ELSE '{}' END AS evidence,
       run.known_on,
       run.level,
       run.setting,
       run.spread_outside,
       run.ct,
       run.assessed_risk,
       run.first_case_on,
       run.last_case_on,
       run.cases,
       run.wide_spread OR coalesce(wide.found_on >= run.first_case_on, false) AS wide_spread,
       run.since_at
FROM (
    SELECT subject, level, setting, spread_outside,
           (array_agg(key ORDER BY first_recorded_at, case_on, key))[1] AS reason,
           array_agg(id ORDER BY id) AS evidence,
           min(local_date(first_recorded_at)) AS known_on,
           min(ct) AS ct,
           max(assessed_risk) AS assessed_risk,
           min(case_on) AS first_case_on,
           max(case_on) AS last_case_on,
           count(*)::integer AS cases,
           bool_or(wide_spread) AS wide_spread,
           min(first_recorded_at) AS since_at
    FROM numbered
    GROUP BY subject, level, setting, spread_outside, alone, run
) AS run
LEFT JOIN wide ON wide.subject = run.subject
