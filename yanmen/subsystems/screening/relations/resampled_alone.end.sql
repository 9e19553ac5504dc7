-- end: resampled_alone
-- zh: 单人单管复采已有结果
-- en: A test alone in a tube has told
--
-- Who was held for a tube is told apart by a test of their own, sampled after the tube.
SELECT DISTINCT ending.measure_id
FROM ending
CROSS JOIN LATERAL (
    SELECT test.id FROM known_tests(%(known_at)s) AS test
    WHERE test.person_id = ending.member AND test.id >= first_id_of(ending.count_from - 1)
      AND test.occurred_at >= day_start(ending.count_from) AND test.members = 1 AND test.result IN ('negative', 'positive')
    LIMIT 1
) AS alone
