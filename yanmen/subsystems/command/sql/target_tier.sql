-- Units of a level that lie in, or hold, an area with one of these tiers.
WITH tiered AS MATERIALIZED (
    SELECT zone.code FROM loop_status AS status
    JOIN registry_area AS zone ON zone.id = status.subject
    WHERE status.subject_type = 'area' AND status.status = 'risk_tier' AND status.value = ANY(%(tiers)s::text[])
)
SELECT area.code FROM registry_area AS area
WHERE area.valid_to IS NULL AND area.level = %(level)s AND area.code <> %(own)s
  AND EXISTS (SELECT FROM unnest(%(areas)s::text[]) AS named (code) WHERE starts_with(area.code, named.code))
  AND (area.code IN (SELECT left(tiered.code, %(digits)s) FROM tiered WHERE length(tiered.code) >= %(digits)s)
       OR EXISTS (SELECT FROM tiered WHERE length(tiered.code) < %(digits)s AND starts_with(area.code, tiered.code)))
ORDER BY area.code
