-- What was said of one case that bears on where it was: its reports, stays without a place, vehicles, what the case confirmed.
SELECT fact.id, fact.kind, fact.person_id, fact.place_id, fact.area, fact.occurred_at, fact.detail::text AS detail
FROM loop_fact AS fact
WHERE fact.person_id = ANY(%(people)s::bigint[])
  AND (fact.kind = 'tracing.setting_told' AND fact.occurred_at >= %(since)s AND fact.occurred_at < %(until)s
       OR fact.kind IN ('cases.stay_found', 'cases.exposure_told') AND fact.detail ->> 'case' = %(case)s)
  AND in_scope(fact.area)
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
ORDER BY fact.occurred_at, fact.id
