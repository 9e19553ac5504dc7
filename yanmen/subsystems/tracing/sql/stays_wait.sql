-- Records of presence that came in since the last look and have no stay yet. They wait until they count, or are doubted or gone.
INSERT INTO tracing_waiting (fact_id, person_id)
SELECT fact.id, fact.person_id
FROM {table} AS fact
WHERE fact.recorded_at > %(from)s AND fact.recorded_at <= %(now)s AND fact.person_id IS NOT NULL AND fact.place_id IS NOT NULL
  AND fact.occurred_at >= %(first)s
  AND NOT EXISTS (
      SELECT FROM tracing_stay AS stay
      WHERE stay.person_id = fact.person_id AND stay.arrived = date_trunc('second', fact.occurred_at) AND stay.fact_id = fact.id
  )
ON CONFLICT DO NOTHING
