-- end: full_test_negative
-- zh: 区域全员核酸为阴性
-- en: Everyone in the area tested negative
--
-- The full test that the edition asks for was taken on its day or later, without a positive and with no result
-- outstanding. A zone that another zone of the same rule outlasts needs no test of its own: the later one decides.
SELECT DISTINCT ending.measure_id
FROM ending
JOIN registry_area AS area ON area.id = ending.subject
LEFT JOIN LATERAL (
    SELECT max(task.day) AS day
    FROM loop_edition_task AS task
    WHERE task.edition_id = ending.edition_id AND task.kind = 'area_full_test'
) AS full_test ON true
WHERE EXISTS (
    SELECT FROM known_facts(%(known_at)s) AS fact
    WHERE fact.area = area.code AND fact.kind = 'risk_areas.full_test_completed'
      AND local_date(fact.occurred_at) >= ending.count_from + coalesce(full_test.day, 0)
      AND coalesce((fact.detail ->> 'positives')::integer, 1) = 0
      AND coalesce((fact.detail ->> 'pending')::integer, 0) = 0
) OR EXISTS (
    SELECT FROM loop_measure AS later
    WHERE later.subject_type = 'area' AND later.subject = ending.subject AND later.rule = ending.rule
      AND later.state = 'in_force' AND later.last_day > ending.last_day
)
