-- Measures that have run their days and are kept because a condition does not hold, of people who are or were held by them; in an area.
-- Who is held as infected by now is not kept by them: what they were a contact under says nothing of when they may go.
SELECT m.id AS measure, m.subject AS person, p.name, m.area::text AS area, m.rule, m.last_day, m.count_from
FROM loop_measure m
LEFT JOIN registry_person p ON p.id = m.subject
WHERE m.subject_type = 'person' AND m.state = 'in_force' AND m.over_hold
  AND m.area >= %(area)s AND m.area < %(area)s || '~'
  AND EXISTS (SELECT FROM loop_edition_stage s WHERE s.edition_id = m.edition_id AND s.place = ANY (%(places)s))
  AND NOT EXISTS (
      SELECT FROM loop_measure ill
      JOIN loop_edition_stage s ON s.edition_id = ill.edition_id AND s.place = ANY (%(infected)s)
      WHERE ill.subject_type = 'person' AND ill.subject = m.subject AND ill.state = 'in_force' AND ill.id <> m.id
        AND ill.count_from + s.from_day <= %(day)s
        AND (s.to_day IS NULL OR ill.count_from + s.to_day >= %(day)s OR s.is_last AND ill.over_hold))
ORDER BY m.last_day, m.id
LIMIT %(limit)s
