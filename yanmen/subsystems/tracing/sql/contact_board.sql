-- Contacts of the asker's areas, one row a person and case, each with how far it has come: found, told, in place, tests due, released.
-- Each part is asked once for everybody: a look-up for every contact would cost seconds for thousands.
WITH said AS MATERIALIZED (
    SELECT fact.id, fact.kind, fact.person_id, fact.area, fact.recorded_by, fact.detail, fact.detail ->> 'case' AS case_id,
           min(fact.recorded_at) OVER (PARTITION BY fact.person_id, fact.kind, fact.detail ->> 'case') AS found_at
    FROM loop_fact AS fact
    WHERE fact.kind IN ('tracing.contact_found', 'tracing.co_resident_found', 'tracing.general_contact_found')
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~' AND fact.occurred_at >= %(since)s
      AND (%(case)s = '' OR fact.detail ->> 'case' = %(case)s)
), judged AS MATERIALIZED (
    SELECT DISTINCT ON (said.person_id, said.case_id)
           said.id, said.person_id, said.area, said.case_id, said.recorded_by,
           CASE said.kind WHEN 'tracing.contact_found' THEN said.detail ->> 'degree'
                          WHEN 'tracing.co_resident_found' THEN 'co_resident' ELSE 'general' END AS degree,
           coalesce(said.detail ->> 'via', '') AS via,
           (said.detail ->> 'certainty')::float8 AS certainty,
           (said.detail ->> 'last_exposed')::date AS last_exposed,
           said.found_at, person.name, person.area AS home, person.household_id,
           coalesce(person.same_as_id, said.person_id) AS root
    FROM said
    LEFT JOIN registry_person AS person ON person.id = said.person_id
    WHERE NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = said.id)
    ORDER BY said.person_id, said.case_id,
             array_position(ARRAY['tracing.contact_found', 'tracing.co_resident_found'], said.kind),
             said.detail ->> 'degree', said.detail ->> 'last_exposed' DESC, said.id DESC
), measure AS MATERIALIZED (
    SELECT DISTINCT ON (m.subject, m.reason) m.id, m.subject, m.reason, m.state, m.end_reason, m.last_day
    FROM loop_measure AS m
    WHERE m.subject_type = 'person' AND m.kind = 'contact_follow_up' AND m.area >= %(area)s AND m.area < %(area)s || '~'
      AND m.subject = ANY(ARRAY(SELECT root FROM judged))
    ORDER BY m.subject, m.reason, m.state IN ('in_force', 'proposed') DESC, m.last_day DESC NULLS FIRST, m.id DESC
), owed AS MATERIALIZED (
    SELECT t.measure_id, (array_agg(t.kind ORDER BY t.due_at, t.id))[1] AS task, min(t.due_at) AS due_at,
           bool_or(t.kind IN ('test', 'antigen_test') AND t.opens_at <= %(now)s) AS tests_due
    FROM loop_task AS t
    WHERE t.measure_id = ANY(ARRAY(SELECT id FROM measure)) AND t.state IN ('open', 'failed')
    GROUP BY t.measure_id
), due AS MATERIALIZED (  -- FULL, which is LEFT here: a planner that expects one row of each would else compare every row with every row
    SELECT measure.*, owed.task, owed.due_at, owed.tests_due FROM measure FULL JOIN owed ON owed.measure_id = measure.id
), done AS MATERIALIZED (
    SELECT fact.person_id,
           max(fact.occurred_at) FILTER (WHERE fact.kind IN ('arrivals.transferred', 'tracing.contact_visited')) AS there_at,
           max(fact.occurred_at) FILTER (WHERE fact.kind = 'tracing.risk_told'
               OR fact.kind = 'tracing.called' AND fact.detail ->> 'outcome' = 'answered') AS told_at
    FROM loop_fact AS fact
    WHERE fact.person_id = ANY(ARRAY(SELECT person_id FROM judged)) AND fact.occurred_at <= %(now)s
      AND fact.kind IN ('arrivals.transferred', 'tracing.contact_visited', 'tracing.risk_told', 'tracing.called')
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    GROUP BY fact.person_id
), joined AS (
    SELECT judged.*, due.state AS measure_state, due.end_reason, due.last_day, due.task, due.due_at, due.tests_due,
           done.there_at, done.told_at
    FROM judged
    LEFT JOIN due ON due.subject = judged.root AND due.reason = judged.case_id
    LEFT JOIN done ON done.person_id = judged.person_id
), board AS (
    SELECT joined.*,
           CASE WHEN measure_state IN ('completed', 'lifted') THEN 'released'
                WHEN there_at >= found_at THEN CASE WHEN tests_due THEN 'tests_due' ELSE 'in_place' END
                WHEN told_at >= found_at THEN 'told'
                ELSE 'found' END AS state
    FROM joined WHERE id IS NOT NULL
), shown AS (
    SELECT * FROM board
    WHERE (%(degree)s = '' OR degree = %(degree)s) AND (%(via)s = '' OR via = %(via)s)
      AND (NOT %(judge)s OR certainty < %(judge_below)s AND state <> 'released')
      AND (%(unit)s = '' OR home >= %(unit)s AND home < %(unit)s || '~')
)
