-- balance: cases
-- order: 20
-- zh: 病例 → 收治或居家
-- en: Case → hospital or home
-- page: cases.list
-- part: hospital | 已收治 | Admitted
-- part: home | 按规定居家 | At home by policy
-- part: ended | 出院、死亡或排除 | Discharged, died or ruled out
-- part: in_time | 时限内 | In time
-- lost: 病例无去处 | Case without a place
--
-- A row a case with a person. Cases of imported bulletins have none: nobody tells how they go on.
WITH reported AS (
    SELECT coalesce(f.detail ->> 'case', f.id::text) AS key, min(f.person_id) AS person, min(f.area) AS area, min(f.recorded_at) AS since
    FROM known_facts(%(now)s) AS f
    WHERE f.kind = 'cases.reported' AND f.area >= %(first)s AND f.area < %(after)s
      AND f.occurred_at >= %(since)s AND f.person_id IS NOT NULL
    GROUP BY 1
), course AS (
    SELECT f.detail ->> 'case' AS key, bool_or(f.kind = 'cases.admitted') AS admitted,
           bool_or(f.kind IN ('cases.discharged', 'cases.died', 'cases.merged')
                   OR f.kind = 'cases.reclassified' AND NOT f.detail ->> 'to' IN ('confirmed', 'asymptomatic', 'suspected')) AS ended
    FROM known_facts(%(now)s) AS f
    WHERE f.kind IN ('cases.admitted', 'cases.discharged', 'cases.died', 'cases.merged', 'cases.reclassified')
      AND f.area >= %(first)s AND f.area < %(after)s AND f.occurred_at >= %(since)s
    GROUP BY 1
)
SELECT r.key, r.person, r.area,
       CASE WHEN c.ended THEN 'ended'
            WHEN c.admitted THEN 'hospital'
            WHEN EXISTS (
                SELECT FROM loop_measure AS m JOIN loop_edition_stage AS s ON s.edition_id = m.edition_id
                WHERE m.subject = r.person AND m.subject_type = 'person' AND m.state = 'in_force'
                  AND m.kind = 'case_management' AND s.place = 'home_isolation'
            ) THEN 'home'
            WHEN r.since > %(now)s - %(place_hours)s * interval '1 hour' THEN 'in_time'
            ELSE 'lost' END AS part,
       r.since
FROM reported AS r LEFT JOIN course AS c ON c.key = r.key
