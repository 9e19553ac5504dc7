-- People with a stay in the county of a changed area (or inside the area, where it is larger than a county).
SELECT stayed.person_id AS subject
FROM (SELECT DISTINCT left(area.code, 6) AS code FROM changed JOIN registry_area AS area ON area.id = changed.subject) AS county
CROSS JOIN LATERAL (
    SELECT fact.person_id
    FROM loop_fact AS fact
    WHERE fact.kind IN ('arrivals.declared', 'arrivals.stayed')
      AND (left(fact.detail ->> 'origin', 6) COLLATE "C") >= county.code
      AND (left(fact.detail ->> 'origin', 6) COLLATE "C") < county.code || '~'
    OFFSET 0
) AS stayed
