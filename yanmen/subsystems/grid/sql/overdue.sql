-- Whose visit or check of the home is overdue: held today where policy has people visited, with the clock of each duty.
-- `visited_on` and `checked_on` are the last days of each; `since` the first whole day of being held there that anybody knew of.
WITH held AS (
    SELECT measure.subject AS person, stage.place, min(measure.area::text) AS area,
           min(greatest(measure.count_from + stage.from_day, measure.known_on + 1)) AS since
    FROM loop_measure AS measure
    JOIN loop_edition_stage AS stage ON stage.edition_id = measure.edition_id
     AND measure.count_from + stage.from_day <= %(day)s
     AND (stage.to_day IS NULL OR measure.count_from + stage.to_day >= %(day)s OR (stage.is_last AND measure.over_hold))
    WHERE measure.subject_type = 'person' AND measure.state = 'in_force' AND stage.place <> ''
      AND measure.area >= %(area)s AND measure.area < %(area)s || '~'
    GROUP BY measure.subject, stage.place
), strictest AS (
    SELECT DISTINCT ON (held.person) held.*
    FROM held LEFT JOIN unnest(%(places)s::text[], %(ranks)s::int[]) AS known (place, rank) ON known.place = held.place
    ORDER BY held.person, known.rank DESC NULLS LAST, held.place
), at_home AS MATERIALIZED (
    SELECT * FROM strictest WHERE place = ANY (%(visited)s)
), seen AS MATERIALIZED (
    SELECT fact.person_id AS person,
           local_date(max(fact.occurred_at) FILTER (WHERE fact.kind = 'quarantine.door_visited')) AS visited_on,
           local_date(max(fact.occurred_at) FILTER (WHERE fact.kind = 'quarantine.home_checked')) AS checked_on
    FROM loop_fact AS fact
    WHERE fact.person_id = ANY (ARRAY(SELECT person FROM at_home))
      AND fact.kind IN ('quarantine.door_visited', 'quarantine.home_checked')
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    GROUP BY fact.person_id
), last AS (  -- FULL, which is LEFT here: a planner that expects few rows would else compare every row with every row
    SELECT at_home.*, seen.visited_on, seen.checked_on FROM at_home FULL JOIN seen ON seen.person = at_home.person
), duty AS (
    SELECT person, area, since, 'door_visit' AS kind, greatest(since, visited_on + %(every)s) AS owed_on, visited_on AS done_on FROM last
    UNION ALL
    SELECT person, area, since, 'check_home', greatest(since, checked_on + %(fresh)s), checked_on FROM last
), owed AS (
    SELECT duty.*, day_start(duty.owed_on + 1) AS due_at
    FROM duty
    WHERE day_start(duty.owed_on + 1) <= %(now)s
      AND NOT EXISTS (  -- a task of the loop climbs by itself
          SELECT FROM loop_task AS task
          WHERE task.subject_type = 'person' AND task.subject = duty.person AND task.kind = duty.kind AND task.state IN ('open', 'failed')
      )
    ORDER BY due_at, duty.person, duty.kind
    LIMIT %(limit)s
)
SELECT owed.person, owed.area, owed.kind, owed.since, owed.done_on, owed.due_at,
       person.name, coalesce(home.address, person.address) AS address, door.id AS door
FROM owed
LEFT JOIN registry_person AS person ON person.id = owed.person
LEFT JOIN registry_household AS home ON home.id = person.household_id
LEFT JOIN LATERAL (
    SELECT id FROM grid_door
    WHERE grid_door.household_id = person.household_id
       OR person.household_id IS NULL AND grid_door.household_id IS NULL AND grid_door.area = person.area AND grid_door.address = person.address
    ORDER BY id LIMIT 1
) AS door ON true
ORDER BY owed.due_at, owed.person, owed.kind
