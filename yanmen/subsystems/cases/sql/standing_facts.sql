-- Facts about one case that count now and are about its person, the report first. One that came back from another area stands once.
SELECT DISTINCT ON (fact.kind <> 'cases.reported', fact.occurred_at, fact.kind, fact.detail)
       fact.id, fact.kind, fact.person_id AS person, fact.occurred_at, fact.detail
FROM loop_fact AS fact
WHERE fact.person_id = %(person)s AND fact.kind LIKE 'cases.%%'
  AND coalesce(fact.detail ->> 'case', fact.id::text) = %(case)s
  AND fact.kind NOT IN ('cases.stay_found', 'cases.handed_over', 'cases.merged')
  AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
  AND (fact.kind <> 'cases.reported' OR fact.id = %(report)s)
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
ORDER BY fact.kind <> 'cases.reported', fact.occurred_at, fact.kind, fact.detail, fact.recorded_at DESC, fact.id DESC
