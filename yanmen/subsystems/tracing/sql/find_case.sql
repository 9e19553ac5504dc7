-- A case as its report stands, or stood last: whose, from when it counts, when it came into care, what became of it.
WITH version AS (
    SELECT report.* FROM loop_fact AS report
    WHERE report.kind = 'cases.reported' AND report.detail ->> 'case' = %(case)s
    UNION
    SELECT report.* FROM loop_fact AS report WHERE report.id = %(id)s::uuid AND report.kind = 'cases.reported'
), latest AS (
    SELECT version.*, NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = version.id) AS standing
    FROM version
    ORDER BY standing DESC, version.recorded_at DESC, version.id DESC
    LIMIT 1
), root AS (
    SELECT coalesce(one.same_as_id, one.id) AS id FROM latest JOIN registry_person AS one ON one.id = latest.person_id
), member AS (
    SELECT one.id FROM root JOIN registry_person AS one ON one.id = root.id OR one.same_as_id = root.id
), told AS (
    SELECT fact.kind, fact.occurred_at, fact.id, fact.detail
    FROM member
    JOIN loop_fact AS fact ON fact.person_id = member.id AND fact.detail ->> 'case' = %(case)s
     AND fact.kind IN ('cases.admitted', 'cases.discharged', 'cases.died', 'cases.reclassified', 'cases.assessed', 'cases.merged')
    WHERE NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
)
SELECT %(case)s AS key,
       root.id AS person,
       (SELECT array_agg(id ORDER BY id) FROM member) AS members,
       latest.area,
       coalesce((SELECT detail ->> 'to' FROM told WHERE kind = 'cases.reclassified' ORDER BY occurred_at DESC, id DESC LIMIT 1),
                latest.detail ->> 'kind', 'confirmed') AS kind,
       coalesce(latest.detail ->> 'setting', '') AS setting,
       coalesce(latest.detail ->> 'disease', '') AS disease,
       (latest.detail ->> 'onset_on')::date AS onset_on,
       (latest.detail ->> 'sampled_on')::date AS sampled_on,
       latest.occurred_at AS found_at,
       (SELECT min(occurred_at) FROM told WHERE kind IN ('cases.admitted', 'cases.discharged', 'cases.died')) AS ended_at,
       latest.standing AS stands,
       coalesce((SELECT detail ->> 'to' FROM told WHERE kind = 'cases.reclassified' ORDER BY occurred_at DESC, id DESC LIMIT 1), '') AS outcome,
       EXISTS (SELECT FROM told WHERE kind = 'cases.merged') AS merged,
       coalesce((SELECT detail ->> 'risk' FROM told WHERE kind = 'cases.assessed' ORDER BY occurred_at DESC, id DESC LIMIT 1), '') AS risk
FROM latest JOIN root ON true
