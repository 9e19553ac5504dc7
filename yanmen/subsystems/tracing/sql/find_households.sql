-- Who lived with each of some people, and over which part of the time asked: until one of them moved away, from when one came.
WITH index AS (
    SELECT * FROM unnest(%(roots)s::bigint[], %(members)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[])
        AS i (root, member, since, until)
), pair AS (
    SELECT index.root, coalesce(other.same_as_id, other.id) AS person, home.area, index.since, index.until, ARRAY[me.id, other.id] AS both
    FROM index
    JOIN registry_person AS me ON me.id = index.member
    JOIN registry_household AS home ON home.id = me.household_id
    JOIN registry_person AS other ON other.household_id = home.id AND coalesce(other.same_as_id, other.id) <> index.root
), dated AS (
    SELECT pair.*,
           (SELECT min(move.at) FROM registry_move AS move
            WHERE move.person_id = ANY (pair.both) AND move.to_area = pair.area AND move.at > pair.since) AS came_at,
           (SELECT min(move.at) FROM registry_move AS move
            WHERE move.person_id = ANY (pair.both) AND move.from_area = pair.area AND move.at > pair.since) AS left_at,
           EXISTS (SELECT FROM unnest(pair.both) AS one (id) CROSS JOIN LATERAL (
                       SELECT move.to_area FROM registry_move AS move
                       WHERE move.person_id = one.id AND move.at <= pair.since ORDER BY move.at DESC, move.id DESC LIMIT 1
                   ) AS last WHERE last.to_area <> pair.area) AS away
    FROM pair
), lived AS (
    SELECT root, person,
           CASE WHEN away OR came_at < coalesce(left_at, 'infinity') THEN came_at ELSE since END AS first_at,
           least(until, CASE WHEN NOT away AND left_at < coalesce(came_at, 'infinity') THEN left_at END) AS last_at
    FROM dated
)
SELECT root, person, min(first_at) AS first_at, max(last_at) AS last_at
FROM lived
WHERE first_at IS NOT NULL AND first_at <= last_at
GROUP BY root, person
