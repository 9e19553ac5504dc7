-- The clocks that a case started, first due first: what is owed by when, and since when it was done.
-- A report is done when its first version came in; what was restated later (another area took over) keeps the moment it was done.
SELECT task.kind, task.opens_at AS opened_at, task.due_at, task.state, task.area, task.escalated_to, done.at AS done_at
FROM registry_person AS one
JOIN loop_measure AS measure
  ON measure.subject = coalesce(one.same_as_id, one.id) AND measure.subject_type = 'person' AND measure.reason = %(case)s
JOIN loop_task AS task ON task.measure_id = measure.id AND task.kind = ANY(%(kinds)s) AND task.state <> 'cancelled'
LEFT JOIN LATERAL (
    SELECT CASE task.kind
        WHEN 'network_report' THEN cases_first_told(one.id, %(case)s)
        ELSE (SELECT min(fact.occurred_at) FROM loop_fact AS fact
              WHERE fact.person_id = one.id AND fact.detail ->> 'case' = %(case)s AND fact.recorded_at <= %(now)s
                AND (fact.kind = 'cases.investigated' OR task.kind = 'trace_core' AND fact.kind = 'cases.core_traced'))
    END AS at
) AS done ON true
WHERE one.id = %(person)s
ORDER BY task.due_at, task.kind
