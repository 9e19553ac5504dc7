-- Measures that have run their days and are kept because a condition does not hold, of people who are or were held by them; in an area.
SELECT m.id AS measure, m.subject AS person, p.name, m.area::text AS area, m.rule, m.last_day, m.count_from
FROM loop_measure m
LEFT JOIN registry_person p ON p.id = m.subject
WHERE m.subject_type = 'person' AND m.state = 'in_force' AND m.over_hold
  AND m.area >= %(area)s AND m.area < %(area)s || '~'
  AND EXISTS (SELECT FROM loop_edition_stage s WHERE s.edition_id = m.edition_id AND s.place = ANY (%(places)s))
ORDER BY m.last_day, m.id
LIMIT %(limit)s
