-- The changed area and everything around it.
SELECT outer_area.id AS subject
FROM changed
JOIN registry_area AS area ON area.id = changed.subject
CROSS JOIN (VALUES (2), (4), (6), (9), (12)) AS grain (digits)
JOIN registry_area AS outer_area ON outer_area.code = left(area.code, grain.digits) AND outer_area.valid_to IS NULL
