SELECT f.person_id AS subject
FROM changed JOIN registry_area a ON a.id = changed.subject
JOIN loop_fact f ON f.kind = 'toy.exposed' AND f.detail ->> 'where' LIKE a.code || '%%'
