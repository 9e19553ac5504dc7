-- Where a person was: facts of every kind that is presence.

-- name: presences
WITH member AS MATERIALIZED (
    SELECT other.id FROM registry_person one
    JOIN registry_person other ON coalesce(other.same_as_id, other.id) = coalesce(one.same_as_id, one.id)
    WHERE one.id = %(person)s
)
SELECT told.* FROM (
{parts}
) AS told
WHERE told.area COLLATE "C" >= %(area)s AND told.area COLLATE "C" < %(area)s || '~'
ORDER BY told.at, told.fact

-- name: presences_single
SELECT f.id AS fact, f.kind, f.area::text AS area, f.place_id AS place, f.occurred_at AS at,
       CASE WHEN f.kind = ANY(%(lasting)s::text[]) THEN (f.detail ->> 'until')::timestamptz END AS until, f.detail
FROM member JOIN known_facts(%(known_at)s) f ON f.person_id = member.id
WHERE f.kind = ANY(%(single)s::text[]) AND f.occurred_at <= %(until)s
  AND (f.occurred_at >= %(since)s
       OR f.kind = ANY(%(lasting)s::text[]) AND (f.detail ->> 'until')::timestamptz >= %(since)s)

-- name: presences_bulk
SELECT x.id, '{kind}', x.area::text, x.place_id, x.occurred_at, NULL::timestamptz,
       to_jsonb(x) - ARRAY['id', 'person_id', 'place_id', 'area', 'occurred_at', 'recorded_at', 'recorded_by']
FROM member JOIN known_{known}(%(known_at)s) x ON x.person_id = member.id
WHERE x.occurred_at BETWEEN %(since)s AND %(until)s AND x.id >= first_id_of(local_date(%(since)s) - 1)
