-- Each time a case changed hands: both areas keep a word of it, told once here.
SELECT DISTINCT fact.occurred_at AS at, fact.detail ->> 'from_area' AS from_area, fact.detail ->> 'to_area' AS to_area,
       coalesce(fact.detail ->> 'reason', '') AS reason, fact.recorded_by AS by
FROM loop_fact AS fact
WHERE fact.person_id = %(person)s AND fact.kind = 'cases.handed_over' AND fact.detail ->> 'case' = %(case)s
ORDER BY at
