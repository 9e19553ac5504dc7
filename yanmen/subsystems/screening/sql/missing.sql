-- People who are missing from a round, in the order of their doors.
SELECT p.id AS person, p.name, p.sex, p.born_on, p.area, coalesce(nullif(h.address, ''), p.address) AS address, p.household_id
FROM screening_missing(%(round)s, %(places)s) m
JOIN registry_person p ON p.id = m.person
LEFT JOIN registry_household h ON h.id = p.household_id
WHERE NOT m.elsewhere
  AND (p.area, coalesce(nullif(h.address, ''), p.address), p.id) > (%(area)s, %(address)s, %(number)s)
ORDER BY p.area, coalesce(nullif(h.address, ''), p.address), p.id
LIMIT %(limit)s
