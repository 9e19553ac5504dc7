-- name: line_list_courses
-- Admissions, discharges, deaths and sources of infection that count now, of these cases or from them, in the order in which they happened.
SELECT fact.detail ->> 'case' AS key, fact.id, fact.kind, fact.area, fact.occurred_at, fact.recorded_by, fact.detail
FROM cases_told_of(%(keys)s::text[]) AS told (id)
JOIN loop_fact AS fact ON fact.id = told.id
WHERE fact.kind = ANY(%(kinds)s)
  AND fact.area COLLATE "C" >= %(area)s AND fact.area COLLATE "C" < %(area)s || '~'
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
ORDER BY fact.occurred_at, fact.id
