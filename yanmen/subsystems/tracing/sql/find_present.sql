-- What stands about people and a case: whatever found it, and whoever judged it.
SELECT fact.id, fact.kind, coalesce(one.same_as_id, one.id) AS person, fact.person_id AS member, fact.area, fact.recorded_at, fact.recorded_by,
       fact.detail::text AS detail
FROM loop_fact AS fact
JOIN registry_person AS one ON one.id = fact.person_id
WHERE fact.detail ->> 'case' = %(case)s
  AND fact.kind IN ('tracing.contact_found', 'tracing.general_contact_found', 'tracing.co_resident_found', 'tracing.companion_flagged',
                    'tracing.scene_exposed')
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
UNION ALL
SELECT fact.id, fact.kind, coalesce(one.same_as_id, one.id), fact.person_id, fact.area, fact.recorded_at, fact.recorded_by, fact.detail::text
FROM loop_fact AS fact
JOIN registry_person AS one ON one.id = fact.person_id
WHERE fact.kind = 'tracing.contact_excluded' AND fact.detail ->> 'case' = %(case)s
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
ORDER BY id
