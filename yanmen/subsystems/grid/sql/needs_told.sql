-- What people of an area needed since a moment, by what it was: told, met, and the median hours from the one to the other.
SELECT told.detail ->> 'need' AS need, count(*) AS told, count(met.at) AS met,
       extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY met.at - told.occurred_at)) / 3600 AS hours
FROM loop_fact AS told
CROSS JOIN LATERAL (
  SELECT min(met.occurred_at) AS at FROM loop_fact AS met
  WHERE met.person_id = told.person_id AND met.kind = 'quarantine.need_met' AND met.detail ->> 'told' = told.id::text
    AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = met.id)
) AS met
WHERE told.kind = 'quarantine.need_told' AND told.area >= %(area)s AND told.area < %(area)s || '~' AND told.occurred_at >= %(since)s
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = told.id)
GROUP BY 1 ORDER BY told DESC, need
