-- People with a declared stay in the county of a changed area (or inside it, where the area is larger than a county).
SELECT DISTINCT coalesce(person.same_as_id, person.id) AS subject
FROM changed
JOIN registry_area AS area ON area.id = changed.subject
JOIN loop_fact AS fact
    ON fact.kind IN ('arrivals.declared', 'arrivals.stayed')
    AND (left(fact.detail ->> 'origin', 6) COLLATE "C") >= left(area.code, 6)
    AND (left(fact.detail ->> 'origin', 6) COLLATE "C") < left(area.code, 6) || '~'
JOIN registry_person AS person ON person.id = fact.person_id
