-- Who rode in one vehicle with a case, and where that was said of a case that was taken back since.

-- name: found
SELECT DISTINCT ON (mate.person_id, told.id) mate.person_id, told.id, mate.group_id, mate.occurred_at, mate.place_id, mate.area
FROM loop_fact told
JOIN loop_bulk_checkpoints_passed passed ON passed.person_id = told.person_id
 AND passed.group_id IS NOT NULL AND passed.occurred_at >= %(since)s AND passed.occurred_at <= %(now)s
JOIN loop_bulk_checkpoints_passed mate ON mate.group_id = passed.group_id AND mate.person_id <> passed.person_id
WHERE told.kind = 'cases.reported' AND told.person_id IS NOT NULL AND told.recorded_at >= %(since)s
  AND coalesce(told.detail ->> 'disease', '') IN ('', 'covid19')
  AND told.area COLLATE "C" >= %(area)s AND told.area COLLATE "C" < %(area)s || '~'
  AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = told.id)
  AND NOT EXISTS (SELECT FROM loop_fact said WHERE said.person_id = mate.person_id AND said.kind = 'checkpoints.rode_with_case'
                  AND said.detail ->> 'case_fact' = told.id::text)
ORDER BY mate.person_id, told.id, mate.occurred_at DESC

-- name: wrong
SELECT said.id
FROM loop_fact said
WHERE said.kind = 'checkpoints.rode_with_case' AND said.area COLLATE "C" >= %(area)s AND said.area COLLATE "C" < %(area)s || '~'
  AND EXISTS (SELECT FROM loop_fact later WHERE later.corrects = (said.detail ->> 'case_fact')::uuid)
  AND NOT EXISTS (SELECT FROM loop_fact later WHERE later.corrects = said.id)
