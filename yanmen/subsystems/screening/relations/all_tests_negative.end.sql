-- end: all_tests_negative
-- zh: 规定的检测均为阴性
-- en: The tests asked for are all negative
--
-- The last test that the edition asks for was sampled on its day or later and is negative; so is the latest result;
-- and no positive since day 0 is left without a discharge after it. A test counts by its sampling time.
WITH need AS (
    SELECT ending.measure_id, ending.count_from + max(task.day) AS last_test_on
    FROM ending
    JOIN loop_edition_task AS task ON task.edition_id = ending.edition_id AND task.kind = 'test' AND task.day IS NOT NULL
    GROUP BY ending.measure_id, ending.count_from
), told AS (
    SELECT ending.measure_id, NULL AS kind, test.occurred_at, test.result
    FROM ending
    CROSS JOIN LATERAL (
        SELECT known.occurred_at, known.result FROM known_tests(%(known_at)s) AS known
        WHERE known.person_id = ending.member AND known.id >= first_id_of(ending.count_from - 1)
          AND known.occurred_at >= day_start(ending.count_from)
        OFFSET 0
    ) AS test
    UNION ALL
    SELECT ending.measure_id, fact.kind, fact.occurred_at, NULL
    FROM ending
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = ending.member
    WHERE fact.kind = 'cases.discharged' AND fact.occurred_at >= day_start(ending.count_from)
), taken AS (
    SELECT measure_id,
           max(occurred_at) FILTER (WHERE result = 'negative') AS negative_at,
           max(occurred_at) FILTER (WHERE result IN ('positive', 'grey')) AS not_negative_at,
           max(occurred_at) FILTER (WHERE result = 'positive') AS positive_at,
           max(occurred_at) FILTER (WHERE kind = 'cases.discharged') AS discharged_at
    FROM told
    GROUP BY measure_id
)
SELECT DISTINCT ending.measure_id
FROM ending
LEFT JOIN need ON need.measure_id = ending.measure_id
LEFT JOIN taken ON taken.measure_id = ending.measure_id
WHERE (need.last_test_on IS NULL OR local_date(taken.negative_at) >= need.last_test_on)
  AND (taken.not_negative_at IS NULL OR taken.negative_at > taken.not_negative_at)
  AND (taken.positive_at IS NULL OR taken.discharged_at > taken.positive_at)
