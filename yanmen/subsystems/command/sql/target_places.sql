-- Units of a level that have places of a kind.
SELECT area.code FROM registry_area AS area
WHERE area.valid_to IS NULL AND area.level = %(level)s AND area.code <> %(own)s
  AND EXISTS (SELECT FROM unnest(%(areas)s::text[]) AS named (code) WHERE starts_with(area.code, named.code))
  AND area.code IN (SELECT left(place.area, %(digits)s) FROM registry_place AS place
                    WHERE place.kind = ANY(%(kinds)s::text[]) AND length(place.area) >= %(digits)s)
ORDER BY area.code
