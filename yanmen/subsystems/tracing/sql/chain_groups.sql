-- The classes, workplaces, dormitories and wards that cases were recorded in, for signals of clusters.
SELECT DISTINCT coalesce(person.same_as_id, person.id) AS root, fact.detail ->> 'setting' AS setting, fact.detail ->> 'name' AS name
FROM registry_person AS person
JOIN loop_fact AS fact ON fact.person_id = person.id AND fact.kind = 'tracing.setting_told'
WHERE (person.id = ANY (%(people)s) OR person.same_as_id = ANY (%(people)s))
  AND fact.detail ->> 'setting' IN ('class', 'workplace', 'dormitory', 'ward') AND fact.detail ->> 'name' <> ''
  AND fact.occurred_at >= %(since)s AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
