-- Needs of an area that nobody has met, with the clock that the loop gave them; those told in a site are the site's.
SELECT told.id, told.person_id AS person, told.occurred_at, told.detail, told.area::text AS area, task.due_at, task.opens_at, task.state,
       task.role, task.escalated_to::text AS escalated_to
FROM loop_fact AS told
LEFT JOIN loop_measure AS measure ON measure.subject_type = 'person' AND measure.kind = 'need_owed' AND measure.state = 'in_force'
     AND measure.subject = told.person_id AND measure.reason = told.id::text
LEFT JOIN loop_task AS task ON task.measure_id = measure.id AND task.kind = 'meet_need' AND task.state IN ('open', 'failed')
WHERE told.kind = 'quarantine.need_told' AND told.area >= %(area)s AND told.area < %(area)s || '~' AND told.occurred_at >= %(since)s
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = told.id)
  AND NOT EXISTS (
    SELECT FROM loop_fact AS met
    WHERE met.person_id = told.person_id AND met.kind = 'quarantine.need_met' AND met.detail ->> 'told' = told.id::text
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = met.id)
  )
ORDER BY told.occurred_at
