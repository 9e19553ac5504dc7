-- When people of an area were last seen: the latest fact about each that says somebody met or tested them.
SELECT person.id AS person, max(fact.occurred_at) AS seen_at
FROM registry_person AS person
LEFT JOIN loop_fact AS fact ON fact.person_id = person.id AND fact.kind = ANY(%(kinds)s) AND fact.occurred_at <= %(now)s
     AND NOT (fact.kind = 'quarantine.door_visited' AND NOT coalesce((fact.detail ->> 'found')::boolean, false))
     AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
WHERE person.area >= %(area)s AND person.area < %(area)s || '~' AND person.same_as_id IS NULL
GROUP BY person.id
