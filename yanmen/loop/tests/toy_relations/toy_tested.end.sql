-- end: toy_last_test_clear
-- zh: 末次检测阴性
-- en: The last test is clear
SELECT e.measure_id FROM ending e
JOIN known_facts(%(known_at)s) f ON f.person_id = e.member AND f.kind = 'toy.tested'
WHERE f.detail ->> 'result' = 'clear' AND local_date(f.occurred_at) >= e.last_day
