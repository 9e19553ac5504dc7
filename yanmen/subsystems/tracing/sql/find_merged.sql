-- Keys of the reports that were merged into a case.
SELECT DISTINCT fact.detail ->> 'case' AS key
FROM loop_fact AS fact
WHERE fact.person_id = ANY (%(members)s) AND fact.kind = 'cases.merged' AND fact.detail ->> 'into' = %(case)s
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
ORDER BY key
