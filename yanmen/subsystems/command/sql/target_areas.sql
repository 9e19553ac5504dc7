-- Named units.
SELECT area.code FROM registry_area AS area
WHERE area.valid_to IS NULL AND area.code = ANY(%(areas)s::text[]) AND area.code <> %(own)s
ORDER BY area.code
