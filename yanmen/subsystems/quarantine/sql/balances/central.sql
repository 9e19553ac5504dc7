-- balance: central
-- order: 40
-- zh: 应集中隔离 → 房间
-- en: Owed central quarantine → room
-- page: quarantine.waiting
-- part: room | 已入住 | In a room
-- part: assigned | 已分配房间 | A room is assigned
-- part: transfer | 转运中 | Being taken there
-- part: hospital | 已收治 | In hospital
-- part: in_time | 时限内 | In time
-- lost: 无去处 | Without a place
--
-- A row a person whom a measure in force holds in central quarantine today.
WITH owed AS (
    SELECT m.subject AS person, min(m.area) AS area, min(m.imposed_at) AS since
    FROM loop_measure AS m
    JOIN loop_edition_stage AS s ON s.edition_id = m.edition_id AND s.place = 'central_quarantine'
    WHERE m.subject_type = 'person' AND m.state = 'in_force' AND m.area >= %(first)s AND m.area < %(after)s
      AND (s.ordinal = 0 OR local_date(%(now)s) >= m.count_from + s.from_day)
      AND (s.to_day IS NULL OR local_date(%(now)s) <= m.count_from + s.to_day)
    GROUP BY m.subject
), place AS (
    SELECT coalesce(p.same_as_id, p.id) AS person, bool_or(s.state = 'admitted') AS room
    FROM quarantine_stay AS s JOIN registry_person AS p ON p.id = s.person_id
    WHERE s.state IN ('assigned', 'admitted')
    GROUP BY 1
), moved AS (
    SELECT DISTINCT coalesce(p.same_as_id, p.id) AS person
    FROM quarantine_transfer AS t JOIN registry_person AS p ON p.id = t.person_id
    WHERE t.state IN ('requested', 'released', 'approved', 'planned', 'picked_up')
)
SELECT o.person::text AS key, o.person, o.area,
       CASE WHEN place.room THEN 'room' WHEN moved.person IS NOT NULL THEN 'transfer' WHEN place.person IS NOT NULL THEN 'assigned'
            WHEN EXISTS (
                SELECT FROM loop_fact AS a WHERE a.person_id = o.person AND a.kind = 'cases.admitted'
            ) THEN 'hospital'
            WHEN o.since > %(now)s - %(room_hours)s * interval '1 hour' THEN 'in_time'
            ELSE 'lost' END AS part,
       o.since
FROM owed AS o LEFT JOIN place ON place.person = o.person LEFT JOIN moved ON moved.person = o.person
