-- Who holds a post in an area whose mode changed.
SELECT DISTINCT fact.person_id AS subject
FROM changed
JOIN registry_area AS area ON area.id = changed.subject
JOIN loop_fact AS fact ON fact.kind = 'screening.post_taken' AND fact.area >= area.code AND fact.area < area.code || '~'
WHERE fact.person_id IS NOT NULL
