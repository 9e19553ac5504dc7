-- People of the asker's areas to whom something is owed at home on a day as contacts: visits, temperature, tests, notices; with their door.
WITH due AS (
    SELECT task.subject AS person_id, array_agg(DISTINCT task.kind) AS kinds, min(task.due_at) AS due_at
    FROM loop_task AS task
    JOIN loop_measure AS measure ON measure.id = task.measure_id AND measure.kind = 'contact_follow_up'
    LEFT JOIN LATERAL (
        SELECT stage.place FROM loop_edition_stage AS stage
        WHERE stage.edition_id = measure.edition_id
          AND measure.count_from + stage.from_day <= %(day)s AND (stage.to_day IS NULL OR measure.count_from + stage.to_day >= %(day)s)
        ORDER BY stage.ordinal LIMIT 1
    ) AS stage ON true
    WHERE task.subject_type = 'person' AND task.state IN ('open', 'failed') AND task.kind <> 'transfer'
      AND task.area >= %(area)s AND task.area < %(area)s || '~'
      AND task.opens_at < day_start(%(day)s::date + 1) AND task.due_at > day_start(%(day)s::date - %(late_days)s)
      AND NOT coalesce(stage.place, '') = ANY(%(elsewhere)s)
    GROUP BY task.subject
)
SELECT due.person_id, due.kinds, due.due_at, person.name, person.born_on, person.household_id,
       coalesce(household.address, person.address) AS address, coalesce(household.area, person.area)::text AS area
FROM due
JOIN registry_person AS person ON person.id = due.person_id
LEFT JOIN registry_household AS household ON household.id = person.household_id
ORDER BY area, address, person.household_id, due.person_id
