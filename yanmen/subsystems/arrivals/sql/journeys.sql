-- Journeys in the asker's areas, each with its stage: what was declared, what was seen, what is owed.
WITH declared AS (
    SELECT coalesce(fact.detail ->> 'journey', fact.id::text) AS journey, fact.id AS fact_id, fact.person_id, fact.area,
           fact.detail ->> 'origin' AS origin, fact.detail ->> 'destination' AS destination,
           fact.detail ->> 'transport' AS transport, fact.detail ->> 'vehicle' AS vehicle,
           (fact.detail ->> 'left_origin_on')::date AS left_origin_on,
           coalesce((fact.detail ->> 'expected_on')::date, local_date(fact.occurred_at)) AS expected_on
    FROM loop_fact AS fact
    WHERE fact.kind = 'arrivals.declared'
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND (%(journey)s::text IS NULL OR coalesce(fact.detail ->> 'journey', fact.id::text) = %(journey)s)
      AND (%(person)s::bigint IS NULL OR fact.person_id = %(person)s)
      AND fact.occurred_at >= %(since)s
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
), answered AS (
    SELECT fact.person_id, fact.detail ->> 'journey' AS journey,
           max(fact.occurred_at) FILTER (WHERE fact.kind = 'arrivals.landed') AS landed_at,
           bool_or(fact.kind = 'arrivals.taken_over') AS taken_over,
           bool_or(fact.kind = 'arrivals.no_show') AS no_show,
           bool_or(fact.kind = 'arrivals.rerouted') AS rerouted,
           bool_or(fact.kind = 'arrivals.declared_elsewhere') AS declared_elsewhere
    FROM loop_fact AS fact
    WHERE fact.kind IN ('arrivals.landed', 'arrivals.taken_over', 'arrivals.no_show', 'arrivals.rerouted',
                        'arrivals.declared_elsewhere')
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND (%(person)s::bigint IS NULL OR fact.person_id = %(person)s)
      AND fact.occurred_at >= %(since)s
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    GROUP BY 1, 2
), owed AS (
    SELECT subject, min(due_at) AS test_due_at
    FROM loop_task
    WHERE subject_type = 'person' AND kind = 'landing_test' AND state = 'open'
      AND area >= %(area)s AND area < %(area)s || '~'
    GROUP BY subject
), held AS (
    SELECT subject, bool_or(state = 'in_force') AS in_force, max(last_day) FILTER (WHERE state = 'in_force') AS last_day
    FROM loop_measure
    WHERE subject_type = 'person' AND kind IN ('stay_and_test', 'health_monitoring')
      AND state IN ('in_force', 'completed')
      AND area >= %(area)s AND area < %(area)s || '~'
    GROUP BY subject
), staged AS (
    SELECT declared.*, answered.landed_at, owed.test_due_at, held.last_day,
           CASE
               WHEN answered.rerouted THEN 'rerouted'
               WHEN answered.declared_elsewhere THEN 'declared_elsewhere'
               WHEN answered.landed_at IS NULL AND answered.taken_over IS NOT TRUE THEN
                   CASE WHEN answered.no_show THEN 'no_show'
                        WHEN declared.expected_on < %(today)s THEN 'late'
                        ELSE 'declared' END
               WHEN owed.test_due_at IS NOT NULL THEN 'landing_test_due'
               WHEN held.in_force THEN 'in_measures'
               WHEN held.in_force IS FALSE THEN 'released'
               ELSE 'free'
           END AS stage
    FROM declared
    LEFT JOIN answered ON answered.person_id = declared.person_id AND answered.journey = declared.journey
    LEFT JOIN owed ON owed.subject = declared.person_id
    LEFT JOIN held ON held.subject = declared.person_id
)
