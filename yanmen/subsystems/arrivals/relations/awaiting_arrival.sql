-- relation: awaiting_arrival
-- subject: person
-- zh: 待抵达
-- en: Declared arrivals that nobody has seen yet
-- facts: arrivals.declared, arrivals.landed, arrivals.no_show, arrivals.rerouted, arrivals.declared_elsewhere, arrivals.taken_over
-- column: expected_on date | 预计抵达日期 | Day the traveller is expected
-- column: no_show boolean | 是否已核实未到 | Whether the traveller was found not to have come
-- column: destination text | 目的地地区代码 | Code of the destination
-- column: from_area text | 来自地区代码 | Code of the area the traveller comes from
WITH told AS (
    SELECT asked.subject, fact.id, fact.kind, fact.recorded_at, fact.detail,
           coalesce(fact.detail ->> 'journey', fact.id::text) AS journey
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member
    WHERE fact.kind IN ('arrivals.declared', 'arrivals.landed', 'arrivals.no_show', 'arrivals.rerouted',
                        'arrivals.declared_elsewhere', 'arrivals.taken_over')
), answered AS (
    SELECT subject, journey, bool_or(kind <> 'arrivals.no_show') AS settled
    FROM told
    WHERE kind <> 'arrivals.declared'
    GROUP BY subject, journey
)
SELECT told.subject,
       told.journey AS reason,
       ARRAY[told.id] AS evidence,
       local_date(told.recorded_at) AS known_on,
       (told.detail ->> 'expected_on')::date AS expected_on,
       answered.settled IS NOT NULL AS no_show,
       told.detail ->> 'destination' AS destination,
       told.detail ->> 'origin' AS from_area
FROM told
LEFT JOIN answered ON answered.subject = told.subject AND answered.journey = told.journey
WHERE told.kind = 'arrivals.declared' AND answered.settled IS NOT TRUE
