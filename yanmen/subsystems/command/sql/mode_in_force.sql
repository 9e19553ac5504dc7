-- Areas in emergency mode that touch an area: inside it, or what it lies in. Areas' measures are public.
SELECT m.area::text AS area, split_part(m.reason, '|', 1) AS desk, split_part(m.reason, '|', 2) AS disease,
       split_part(m.reason, '|', 3) AS proposal, m.kind, m.count_from AS starts_on, m.imposed_at
FROM loop_measure AS m
WHERE m.subject_type = 'area' AND m.state = 'in_force' AND m.kind IN ('emergency_mode', 'mode_staged')
  AND (m.area >= %(first)s AND m.area < %(after)s OR m.area = ANY (%(above)s::varchar[]))
ORDER BY m.area, desk
