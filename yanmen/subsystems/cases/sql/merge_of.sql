-- The merge of a case that is in force, with the report it withdrew as it stood.
SELECT merged.id AS fact, merged.recorded_at AS merged_at, merged.detail ->> 'case' AS "case", merged.detail ->> 'into' AS into_case, merged.detail ->> 'reason' AS reason, merged.person_id AS person,
       report.id AS report, report.area, report.occurred_at AS found_at, report.detail, kept.person_id AS into_person
FROM loop_fact AS merged
JOIN loop_fact AS report ON report.person_id = merged.person_id AND report.kind = 'cases.reported'
 AND coalesce(report.detail ->> 'case', report.id::text) = merged.detail ->> 'case'
JOIN loop_fact AS taken ON taken.corrects = report.id AND taken.kind = 'fact.withdrawn' AND taken.recorded_at = merged.recorded_at
LEFT JOIN loop_fact AS kept ON kept.id = (merged.detail ->> 'into')::uuid
WHERE merged.kind = 'cases.merged' AND merged.area >= %(area)s AND merged.area < %(area)s || '~'
  AND (%(case)s::text IS NULL OR merged.detail ->> 'case' = %(case)s)
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = merged.id)
ORDER BY merged.recorded_at DESC LIMIT 500
