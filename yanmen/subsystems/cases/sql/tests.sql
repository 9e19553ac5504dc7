-- Results of one person and the records merged with theirs, by the moment of the sample. Of tubes only those of one alone count.
WITH member AS (
    SELECT other.id FROM registry_person AS one
    JOIN registry_person AS other ON coalesce(other.same_as_id, other.id) = coalesce(one.same_as_id, one.id)
    WHERE one.id = %(person)s
)
SELECT fact.id AS fact, fact.occurred_at AS at, fact.detail ->> 'result' AS result, (fact.detail ->> 'ct')::float8 AS ct,
       coalesce(fact.detail ->> 'method', 'nat') AS method
FROM member JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = member.id
WHERE fact.kind = 'screening.result' AND fact.occurred_at >= %(since)s
UNION ALL
SELECT tube.id, tube.occurred_at, 'negative', NULL, 'nat'
FROM member JOIN known_screening_negative(%(known_at)s) AS tube ON tube.person_id = member.id
WHERE tube.members = 1 AND tube.occurred_at >= %(since)s AND tube.id >= first_id_of(local_date(%(since)s) - 1)
ORDER BY at, fact
