-- Everybody any of whose stays may have changed since the last look: what came in, what was corrected, who was merged.
SELECT DISTINCT coalesce(person.same_as_id, touched.id)
FROM (
    SELECT fact.person_id AS id FROM loop_fact AS fact
    WHERE fact.recorded_at > %(from)s AND fact.recorded_at <= %(now)s
      AND (fact.kind = ANY (%(kinds)s) OR fact.corrects IS NOT NULL)
    UNION
    SELECT old.person_id FROM loop_fact AS later JOIN loop_fact AS old ON old.id = later.corrects
    WHERE later.recorded_at > %(from)s AND later.recorded_at <= %(now)s AND later.corrects IS NOT NULL
    UNION
    SELECT unnest(ARRAY[decision.left_id, decision.right_id]) FROM registry_matchdecision AS decision
    WHERE greatest(decision.at, decision.undone_at) > %(from)s
    UNION
    SELECT stay.person_id FROM tracing_stay AS stay WHERE %(everyone)s
    {bulk}
) AS touched
LEFT JOIN registry_person AS person ON person.id = touched.id
WHERE touched.id IS NOT NULL
ORDER BY 1
