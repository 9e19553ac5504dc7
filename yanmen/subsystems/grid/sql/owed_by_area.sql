-- In each area below a wide one: to how many people something is owed at the door today, behind how many doors. As the day of a worker reckons it:
-- tasks of grid workers, a visit where none was made, a check of the home where none is fresh; nothing of whom measures hold elsewhere.
WITH ranked AS (
    SELECT * FROM unnest(%(places)s::text[], %(ranks)s::bigint[]) AS known (place, rank)
), stage AS MATERIALIZED (
    SELECT s.edition_id, s.from_day, s.to_day, s.is_last,  -- the strictness, and in its last two bits what is done there
           coalesce(ranked.rank, 0) * 4 + (s.place = ANY (%(visited)s))::integer * 2 + (s.place = ANY (%(elsewhere)s))::integer AS rank
    FROM loop_edition_stage s LEFT JOIN ranked ON ranked.place = s.place WHERE s.place <> ''
), held AS MATERIALIZED (
    SELECT m.subject AS person, max(stage.rank) & 2 > 0 AS visited, max(stage.rank) & 1 > 0 AS elsewhere
    FROM loop_measure m
    JOIN stage ON stage.edition_id = m.edition_id AND m.count_from + stage.from_day <= %(day)s
     AND (stage.to_day IS NULL OR m.count_from + stage.to_day >= %(day)s OR (stage.is_last AND m.over_hold))
    WHERE m.subject_type = 'person' AND m.state = 'in_force' AND m.area >= %(area)s AND m.area < %(area)s || '~'
    GROUP BY m.subject
), asked AS MATERIALIZED (
    SELECT task.subject AS person, bool_or(task.due_at < %(now)s) AS late
    FROM loop_task task
    WHERE task.subject_type = 'person' AND task.role = 'grid_officer' AND task.state IN ('open', 'failed')
      AND task.area >= %(area)s AND task.area < %(area)s || '~'
      AND task.opens_at < day_start(%(day)s::date + 1) AND task.due_at > day_start(%(day)s::date - %(late_days)s)
    GROUP BY task.subject
), visited AS MATERIALIZED (
    SELECT DISTINCT f.person_id AS person FROM loop_fact f
    WHERE f.kind = 'quarantine.door_visited' AND f.occurred_at >= day_start(%(day)s::date - %(every)s + 1)
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = f.id)
), checked AS MATERIALIZED (
    SELECT DISTINCT f.person_id AS person FROM loop_fact f
    WHERE f.kind = 'quarantine.home_checked' AND f.occurred_at >= day_start(%(day)s::date - %(fresh)s + 1)
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = f.id)
), owed AS (
    SELECT person, late FROM asked WHERE NOT EXISTS (SELECT FROM held WHERE held.person = asked.person AND held.elsewhere)
    UNION ALL
    SELECT held.person, false FROM held
    LEFT JOIN visited ON visited.person = held.person
    LEFT JOIN checked ON checked.person = held.person
    WHERE held.visited AND (visited.person IS NULL OR checked.person IS NULL)
), people AS (
    SELECT person, bool_or(late) AS late FROM owed GROUP BY person
)
SELECT left(coalesce(home.area, p.area), %(digits)s) AS area, count(*) AS people, count(*) FILTER (WHERE people.late) AS late,
       count(DISTINCT coalesce(p.household_id::text, p.area || p.address)) AS doors
FROM people
JOIN registry_person p ON p.id = people.person AND p.same_as_id IS NULL
LEFT JOIN registry_household home ON home.id = p.household_id
GROUP BY 1 ORDER BY 1
