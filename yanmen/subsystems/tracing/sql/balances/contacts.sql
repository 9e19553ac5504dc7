-- balance: contacts
-- order: 30
-- zh: 接触者 → 判定与管控
-- en: Contact → decision
-- page: tracing.contacts
-- part: held | 措施执行中 | Under a measure
-- part: proposed | 待批准 | Proposed
-- part: ended | 已解除 | Measure ended
-- part: excluded | 判定为非接触者 | Judged to be no contact
-- part: in_time | 时限内 | In time
-- lost: 无人判定 | Nobody decided
--
-- A row a person and case. Measures are gathered once for everybody: asked person by person, a county's board never came.
WITH found AS (
    SELECT f.person_id AS person, f.detail ->> 'case' AS case_key, min(f.area) AS area, min(f.recorded_at) AS since, array_agg(f.id) AS ids
    FROM known_facts(%(now)s) AS f
    WHERE f.kind = 'tracing.contact_found' AND f.area >= %(first)s AND f.area < %(after)s
      AND f.occurred_at >= %(since)s AND f.person_id IS NOT NULL
    GROUP BY 1, 2
), answered AS (
    SELECT m.subject, bool_or(m.state = 'in_force') AS held, bool_or(m.state = 'proposed') AS proposed, true AS ended
    FROM loop_measure AS m
    WHERE m.subject_type = 'person' AND m.kind IN ('contact_follow_up', 'case_management')
    GROUP BY 1
)
SELECT concat_ws('/', f.person, f.case_key) AS key, f.person, f.area,
       CASE WHEN m.held THEN 'held' WHEN m.proposed THEN 'proposed' WHEN m.ended THEN 'ended'
            WHEN EXISTS (
                SELECT FROM loop_fact AS x WHERE x.person_id = f.person AND x.kind = 'tracing.contact_excluded'
                   AND x.detail ->> 'case' = f.case_key
            ) THEN 'excluded'
            WHEN f.since > %(now)s - %(contact_hours)s * interval '1 hour' THEN 'in_time'
            ELSE 'lost' END AS part,
       f.since
FROM found AS f
LEFT JOIN registry_person AS own ON own.id = f.person
LEFT JOIN answered AS m ON m.subject = coalesce(own.same_as_id, own.id)
