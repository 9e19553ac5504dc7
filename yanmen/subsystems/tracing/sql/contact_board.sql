-- Contacts of the asker's areas, one row a person and case, each with how far it has come: found, told, in place, tests due, released.
WITH judged AS (
    SELECT DISTINCT ON (fact.person_id, fact.detail ->> 'case')
           fact.id, fact.person_id, fact.area, fact.detail ->> 'case' AS case_id, fact.recorded_by,
           CASE fact.kind WHEN 'tracing.contact_found' THEN fact.detail ->> 'degree'
                          WHEN 'tracing.co_resident_found' THEN 'co_resident' ELSE 'general' END AS degree,
           coalesce(fact.detail ->> 'via', '') AS via,
           (fact.detail ->> 'certainty')::float8 AS certainty,
           (fact.detail ->> 'last_exposed')::date AS last_exposed,
           first.found_at
    FROM loop_fact AS fact
    CROSS JOIN LATERAL (
        SELECT min(version.recorded_at) AS found_at FROM loop_fact AS version
        WHERE version.person_id = fact.person_id AND version.kind = fact.kind
          AND version.detail ->> 'case' = fact.detail ->> 'case'
    ) AS first
    WHERE fact.kind IN ('tracing.contact_found', 'tracing.co_resident_found', 'tracing.general_contact_found')
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~' AND fact.occurred_at >= %(since)s
      AND (%(case)s = '' OR fact.detail ->> 'case' = %(case)s)
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    ORDER BY fact.person_id, fact.detail ->> 'case',
             array_position(ARRAY['tracing.contact_found', 'tracing.co_resident_found'], fact.kind),
             fact.detail ->> 'degree', fact.detail ->> 'last_exposed' DESC, fact.id DESC
), board AS (
    SELECT judged.*, person.name, person.area AS home, person.household_id,
           measure.id AS measure_id, measure.state AS measure_state, measure.end_reason, measure.last_day,
           owed.kind AS task, owed.due_at,
           CASE WHEN measure.state IN ('completed', 'lifted') THEN 'released'
                WHEN EXISTS (
                    SELECT FROM loop_fact AS there
                    WHERE there.person_id = judged.person_id AND there.kind IN ('arrivals.transferred', 'tracing.contact_visited')
                      AND there.occurred_at >= judged.found_at AND there.occurred_at <= %(now)s
                      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = there.id))
                    THEN CASE WHEN EXISTS (
                        SELECT FROM loop_task AS test
                        WHERE test.measure_id = measure.id AND test.kind IN ('test', 'antigen_test')
                          AND test.state IN ('open', 'failed') AND test.opens_at <= %(now)s) THEN 'tests_due' ELSE 'in_place' END
                WHEN EXISTS (
                    SELECT FROM loop_fact AS told
                    WHERE told.person_id = judged.person_id AND told.occurred_at >= judged.found_at AND told.occurred_at <= %(now)s
                      AND (told.kind = 'tracing.risk_told'
                           OR told.kind = 'tracing.called' AND told.detail ->> 'outcome' = 'answered')
                      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = told.id)) THEN 'told'
                ELSE 'found' END AS state
    FROM judged
    LEFT JOIN registry_person AS person ON person.id = judged.person_id
    LEFT JOIN LATERAL (
        SELECT m.id, m.state, m.end_reason, m.last_day FROM loop_measure AS m
        WHERE m.subject = coalesce(person.same_as_id, judged.person_id) AND m.subject_type = 'person'
          AND m.kind = 'contact_follow_up' AND m.reason = judged.case_id
        ORDER BY m.state IN ('in_force', 'proposed') DESC, m.last_day DESC NULLS FIRST, m.id DESC LIMIT 1
    ) AS measure ON true
    LEFT JOIN LATERAL (
        SELECT t.kind, t.due_at FROM loop_task AS t
        WHERE t.measure_id = measure.id AND t.state IN ('open', 'failed') ORDER BY t.due_at LIMIT 1
    ) AS owed ON true
), shown AS (
    SELECT * FROM board
    WHERE (%(degree)s = '' OR degree = %(degree)s) AND (%(via)s = '' OR via = %(via)s)
      AND (NOT %(judge)s OR certainty < %(judge_below)s AND state <> 'released')
      AND (%(unit)s = '' OR home >= %(unit)s AND home < %(unit)s || '~')
)
