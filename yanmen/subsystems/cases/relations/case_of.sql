-- relation: case_of
-- subject: person
-- zh: 本人病例
-- en: The person's own infections
-- facts: cases.reported, cases.reclassified, cases.discharged, cases.assessed, cases.course_told, cases.died, screening.result
-- column: kind text | 病例类型（confirmed、asymptomatic、suspected） | Kind of case (confirmed, asymptomatic, suspected)
-- column: setting text | 发现场景（community、central_quarantine、home_isolation、closed_loop、re_positive、arrival、unknown） | Where the person was found (community, central_quarantine, home_isolation, closed_loop, re_positive, arrival, unknown)
-- column: severity text | 最近一次临床分型（mild、moderate、severe、critical；空：未知） | Latest clinical severity (mild, moderate, severe, critical; empty: unknown)
-- column: reported_on date | 报告病例的发现日期 | Day on which the case was found
-- column: onset_on date | 发病日期（空：无症状或不详） | Day of onset (empty: no symptoms or unknown)
-- column: discharged_on date | 出院（舱）日期（空：在院） | Day of discharge (empty: in care)
-- column: positive_again_on date | 出院后再次阳性日期（空：无） | Day of the first positive after discharge (empty: none)
-- column: ct numeric | 最近一次阳性的Ct值（空：不详） | Ct of the latest positive (empty: unknown)
-- column: assessed_risk text | 复阳传播风险评估结果（risk、none；空：未评估） | Assessed risk of a re-positive (risk, none; empty: not assessed)
-- column: home_fit boolean | 居家条件评估结果（空：未评估） | Whether home is fit for isolation (empty: not assessed)
-- column: age integer | 报告时年龄 | Age in years when reported
-- column: since_at timestamptz | 发现病例的时刻（时限起点） | Moment the case was found, from which clocks run
--
-- COVID-19 only: rules of other diseases ask relations of their own. A report keeps its key through corrections; it is
-- known from the day of its first version. Who died is under no measure.
WITH told AS (
    SELECT asked.subject, fact.*, coalesce(fact.detail ->> 'case', fact.id::text) AS key
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member
    WHERE fact.kind IN ('cases.reported', 'cases.reclassified', 'cases.discharged', 'cases.assessed',
                        'cases.course_told', 'cases.died', 'screening.result')
), report AS (
    SELECT told.*, least(told.recorded_at, first_told.at) AS first_recorded_at
    FROM told
    LEFT JOIN LATERAL (
        SELECT min(version.recorded_at) AS at
        FROM loop_fact AS version
        WHERE version.person_id = told.person_id AND version.kind = told.kind AND version.detail ->> 'case' = told.key
    ) AS first_told ON true
    WHERE told.kind = 'cases.reported' AND coalesce(told.detail ->> 'disease', '') IN ('', 'covid19')
)
SELECT report.subject,
       report.key AS reason,
       array_remove(ARRAY[report.id, renamed.id, discharge.id, again.id, nullif(latest.id, again.id), assessed.id, course.id], NULL) AS evidence,
       local_date(report.first_recorded_at) AS known_on,
       coalesce(renamed.kind, report.detail ->> 'kind') AS kind,
       coalesce(report.detail ->> 'setting', 'unknown') AS setting,
       coalesce(course.severity, nullif(report.detail ->> 'severity', '')) AS severity,
       local_date(report.occurred_at) AS reported_on,
       (report.detail ->> 'onset_on')::date AS onset_on,
       local_date(discharge.occurred_at) AS discharged_on,
       local_date(again.occurred_at) AS positive_again_on,
       coalesce(latest.ct, (report.detail ->> 'ct')::numeric) AS ct,
       assessed.risk AS assessed_risk,
       (report.detail ->> 'home_fit')::boolean AS home_fit,
       extract(year FROM age(local_date(report.occurred_at), person.born_on))::integer AS age,
       report.occurred_at AS since_at
FROM report
JOIN registry_person AS person ON person.id = report.subject
LEFT JOIN LATERAL (
    SELECT told.id, told.detail ->> 'to' AS kind
    FROM told
    WHERE told.subject = report.subject AND told.kind = 'cases.reclassified' AND told.key = report.key
    ORDER BY told.occurred_at DESC, told.id DESC LIMIT 1
) AS renamed ON true
LEFT JOIN LATERAL (
    SELECT told.id, told.occurred_at
    FROM told
    WHERE told.subject = report.subject AND told.kind = 'cases.discharged' AND told.key = report.key
    ORDER BY told.occurred_at, told.id LIMIT 1
) AS discharge ON true
LEFT JOIN LATERAL (
    SELECT told.id, told.key, told.occurred_at
    FROM told
    WHERE told.subject = report.subject AND told.occurred_at > discharge.occurred_at
      AND (told.kind = 'screening.result' AND told.detail ->> 'result' = 'positive'
           OR told.kind = 'cases.reported' AND told.detail ->> 'setting' = 're_positive'
              AND coalesce(told.detail ->> 'disease', '') IN ('', 'covid19'))
    ORDER BY told.occurred_at, told.id LIMIT 1
) AS again ON true
LEFT JOIN LATERAL (
    SELECT told.id, (told.detail ->> 'ct')::numeric AS ct
    FROM told
    WHERE told.subject = report.subject AND told.occurred_at >= again.occurred_at AND told.detail ->> 'ct' IS NOT NULL
      AND (told.kind = 'screening.result' AND told.detail ->> 'result' = 'positive'
           OR told.kind = 'cases.reported' AND told.detail ->> 'setting' = 're_positive'
              AND coalesce(told.detail ->> 'disease', '') IN ('', 'covid19'))
    ORDER BY told.occurred_at DESC, told.id DESC LIMIT 1
) AS latest ON true
LEFT JOIN LATERAL (
    SELECT told.id, told.detail ->> 'risk' AS risk
    FROM told
    WHERE told.subject = report.subject AND told.kind = 'cases.assessed'
      AND told.key IN (report.key, again.key)
    ORDER BY told.occurred_at DESC, told.id DESC LIMIT 1
) AS assessed ON true
LEFT JOIN LATERAL (
    SELECT told.id, told.detail ->> 'severity' AS severity
    FROM told
    WHERE told.subject = report.subject AND told.kind = 'cases.course_told' AND told.key = report.key
      AND told.detail ->> 'severity' <> ''
    ORDER BY told.occurred_at DESC, told.id DESC LIMIT 1
) AS course ON true
WHERE coalesce(renamed.kind, report.detail ->> 'kind') IN ('confirmed', 'asymptomatic', 'suspected')
  AND NOT EXISTS (SELECT FROM told WHERE told.subject = report.subject AND told.kind = 'cases.died')
