-- name: line_list_reports
-- Reports that count now, by key, or by the source of their list and their number in it. The index of kinds and areas bounds the search.
SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.id, fact.person_id AS person, fact.area, fact.occurred_at,
       fact.detail, coalesce(person.name, '') AS name, coalesce(person.sex, '') AS sex, person.born_on,
       person.id_number_index IS NOT NULL AS has_document
FROM loop_fact AS fact
LEFT JOIN registry_person AS person ON person.id = fact.person_id
WHERE fact.kind = 'cases.reported'
  AND fact.area COLLATE "C" >= %(area)s AND fact.area COLLATE "C" < %(area)s || '~'
  AND (coalesce(fact.detail ->> 'case', fact.id::text) = ANY(%(keys)s::text[])
       OR %(source)s <> '' AND fact.detail ->> 'list_source' = %(source)s
          AND fact.detail ->> 'number_in_list' = ANY(%(numbers)s::text[]))
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
