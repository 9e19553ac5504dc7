-- Who lives behind some doors: members of the household, or people without one at the door's address.
SELECT door.id AS door, person.id AS person
FROM grid_door AS door
JOIN registry_person AS person ON person.household_id = door.household_id
WHERE door.id = ANY(%(doors)s) AND person.same_as_id IS NULL AND person.area >= %(area)s AND person.area < %(area)s || '~'
UNION ALL
SELECT door.id, person.id
FROM grid_door AS door
JOIN registry_person AS person ON person.area = door.area AND person.address = door.address AND person.household_id IS NULL
WHERE door.id = ANY(%(doors)s) AND door.household_id IS NULL AND person.same_as_id IS NULL
  AND person.area >= %(area)s AND person.area < %(area)s || '~'
ORDER BY door, person
