-- People visited at their doors and homes checked in an area, a row a day from a moment on, the latest day first.
SELECT local_date(fact.occurred_at) AS day,
       count(DISTINCT fact.person_id) FILTER (WHERE fact.kind = 'quarantine.door_visited') AS visited,
       count(DISTINCT fact.person_id) FILTER (WHERE fact.kind = 'quarantine.home_checked') AS checked
FROM loop_fact AS fact
WHERE fact.kind IN ('quarantine.door_visited', 'quarantine.home_checked')
  AND fact.area >= %(area)s AND fact.area < %(area)s || '~' AND fact.occurred_at >= %(since)s AND fact.occurred_at <= %(now)s
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
GROUP BY 1 ORDER BY 1 DESC
