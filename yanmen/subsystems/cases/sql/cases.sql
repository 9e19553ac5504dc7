-- Cases of people in the asker's areas, each with what has been done about it and what is owed first.
-- A report that went to another area keeps its last version here: who handed it over sees that it went, and where.
WITH reported AS (
    SELECT DISTINCT ON (coalesce(fact.detail ->> 'case', fact.id::text))
           coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.id AS fact_id, fact.person_id, fact.area,
           fact.occurred_at AS found_at, fact.detail,
           fact.detail ->> 'kind' AS reported_kind,
           coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') AS disease
    FROM loop_fact AS fact
    WHERE fact.kind = 'cases.reported' AND fact.person_id IS NOT NULL
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND fact.occurred_at >= %(since)s
      AND (%(key)s::text IS NULL OR coalesce(fact.detail ->> 'case', fact.id::text) = %(key)s)
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    ORDER BY coalesce(fact.detail ->> 'case', fact.id::text), fact.recorded_at DESC, fact.id DESC
), done AS (
    SELECT reported.key,
           (array_agg(fact.detail ->> 'to' ORDER BY fact.occurred_at DESC, fact.id DESC)
               FILTER (WHERE fact.kind = 'cases.reclassified'))[1] AS kind_now,
           (array_agg(fact.detail ->> 'risk' ORDER BY fact.occurred_at DESC, fact.id DESC)
               FILTER (WHERE fact.kind = 'cases.assessed'))[1] AS risk,
           max(fact.occurred_at) FILTER (WHERE fact.kind = 'cases.report_audited') AS audited_at,
           max(fact.occurred_at) FILTER (WHERE fact.kind IN ('cases.core_traced', 'cases.investigated')) AS traced_at,
           max(fact.occurred_at) FILTER (WHERE fact.kind = 'cases.investigated') AS investigated_at,
           max(fact.occurred_at) FILTER (WHERE fact.kind = 'cases.admitted') AS admitted_at,
           min(fact.occurred_at) FILTER (WHERE fact.kind = 'cases.discharged') AS discharged_at,
           min(fact.occurred_at) FILTER (WHERE fact.kind = 'cases.died') AS died_at,
           (array_agg(fact.detail ->> 'severity' ORDER BY fact.occurred_at DESC, fact.id DESC)
               FILTER (WHERE fact.kind = 'cases.course_told' AND fact.detail ->> 'severity' <> ''))[1] AS severity,
           (array_agg(fact.detail ->> 'to_area' ORDER BY fact.recorded_at DESC, fact.id DESC)
               FILTER (WHERE fact.kind = 'cases.handed_over'))[1] AS handed_to
    FROM reported
    JOIN loop_fact AS fact ON fact.person_id = reported.person_id AND fact.detail ->> 'case' = reported.key
    WHERE fact.kind IN ('cases.reclassified', 'cases.assessed', 'cases.report_audited', 'cases.core_traced',
                        'cases.investigated', 'cases.admitted', 'cases.discharged', 'cases.died', 'cases.course_told',
                        'cases.handed_over')
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    GROUP BY reported.key
), owed AS (
    SELECT DISTINCT ON (task.subject) task.subject, task.kind AS task, task.due_at
    FROM loop_task AS task
    WHERE task.subject_type = 'person' AND task.state IN ('open', 'failed')
      AND task.kind IN ('network_report', 'audit_report', 'trace_core', 'investigate_case', 'admit_case', 'assess_re_positive')
      AND task.area >= %(area)s AND task.area < %(area)s || '~'
    ORDER BY task.subject, task.due_at
), staged AS (
    SELECT reported.key, reported.fact_id, reported.person_id, reported.area, reported.found_at, reported.detail,
           reported.reported_kind, reported.disease, cases_first_told(reported.person_id, reported.key) AS recorded_at,
           coalesce(done.kind_now, reported.reported_kind) AS kind, done.risk, done.audited_at,
           done.traced_at, done.investigated_at, done.admitted_at, done.discharged_at, done.died_at, owed.task, owed.due_at,
           coalesce(done.severity, nullif(reported.detail ->> 'severity', '')) AS severity,
           CASE WHEN NOT starts_with(done.handed_to, %(scope)s) THEN done.handed_to END AS handed_to,
           CASE WHEN NOT starts_with(done.handed_to, %(scope)s) THEN 'handed_over'
                WHEN done.died_at IS NOT NULL THEN 'died'
                WHEN done.discharged_at IS NOT NULL THEN 'discharged'
                WHEN done.audited_at IS NULL THEN 'to_audit'
                WHEN reported.detail ->> 'setting' = 're_positive' AND done.risk IS NULL THEN 'to_assess'
                WHEN done.traced_at IS NULL THEN 'to_trace'
                WHEN done.investigated_at IS NULL THEN 'to_investigate'
                ELSE 'in_care' END AS stage
    FROM reported
    LEFT JOIN done ON done.key = reported.key
    LEFT JOIN owed ON owed.subject = reported.person_id
)
