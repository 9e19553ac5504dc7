-- name: line_list_reports
-- Reports that count now, by key, or by the source of their list and their number in it, from indexes.
SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.id, fact.person_id AS person, fact.area, fact.occurred_at,
       fact.detail, coalesce(person.name, '') AS name, coalesce(person.sex, '') AS sex, person.born_on,
       person.id_number_index IS NOT NULL AS has_document
FROM cases_reports_named(%(keys)s::text[], %(source)s, %(numbers)s::text[]) AS named (id)
JOIN loop_fact AS fact ON fact.id = named.id
LEFT JOIN registry_person AS person ON person.id = fact.person_id
WHERE fact.kind = 'cases.reported'
  AND fact.area COLLATE "C" >= %(area)s AND fact.area COLLATE "C" < %(area)s || '~'
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
