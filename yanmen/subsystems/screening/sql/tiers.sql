-- Areas that have a risk tier and lie in an area, or around it.
SELECT a.code, s.value FROM loop_status s JOIN registry_area a ON a.id = s.subject
WHERE s.subject_type = 'area' AND s.status = 'risk_tier' AND s.value <> 'none'
  AND (starts_with(a.code, %(area)s) OR starts_with(%(area)s, a.code))
