-- Whose samples went into the same tube as some people's, within the hours that one use of a tube takes.
WITH index AS (
    SELECT * FROM unnest(%(roots)s::bigint[], %(members)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[])
        AS i (root, member, since, until)
), mine AS MATERIALIZED (
    SELECT index.root, own.id, own.tube, own.occurred_at
    FROM index
    CROSS JOIN LATERAL (
        SELECT * FROM {bound} AS sample
        WHERE sample.person_id = index.member AND sample.occurred_at >= index.since AND sample.occurred_at <= index.until OFFSET 0
    ) AS own
    WHERE NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = own.id)
)
SELECT mine.root, coalesce(one.same_as_id, one.id) AS person, mine.id AS own_fact, other.id AS other_fact,
       least(mine.occurred_at, other.occurred_at) AS first_at, greatest(mine.occurred_at, other.occurred_at) AS last_at
FROM mine
CROSS JOIN LATERAL (SELECT * FROM {bound} AS sample WHERE sample.tube = mine.tube OFFSET 0) AS other
JOIN registry_person AS one ON one.id = other.person_id
WHERE coalesce(one.same_as_id, one.id) <> mine.root
  AND other.occurred_at BETWEEN mine.occurred_at - %(use)s::interval AND mine.occurred_at + %(use)s::interval
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = other.id)
