-- Every unit of a level in these areas.
SELECT area.code FROM registry_area AS area
WHERE area.valid_to IS NULL AND area.level = %(level)s AND area.code <> %(own)s
  AND EXISTS (SELECT FROM unnest(%(areas)s::text[]) AS named (code) WHERE starts_with(area.code, named.code))
ORDER BY area.code
