-- Edits in conflict: those that nobody settled, whose author said nothing since and which still differ from the value in force;
-- and those settled lately. `at`: some doors, or all of an area. `one`: that conflict alone, whatever became of it.
SELECT other.key, other.door_id AS door, other.person_id AS person, other.field, other.seen,
       other.value, other.sealed, other.by, other.said_at,
       force.key AS force_key, force.value AS force_value, force.sealed AS force_sealed, force.by AS force_by, force.said_at AS force_at,
       settled.key AS settled_key, settled.by AS settled_by, settled.recorded_at AS settled_at,
       settled.value = other.value AND settled.digest IS NOT DISTINCT FROM other.digest AS kept_other,
       door.address, person.name, other.area::text AS area
FROM grid_edit AS other
JOIN grid_door AS door ON door.id = other.door_id
LEFT JOIN registry_person AS person ON person.id = other.person_id
LEFT JOIN grid_edit AS settled ON settled.settles = other.key
LEFT JOIN LATERAL (
    SELECT newest.* FROM grid_edit AS newest
    WHERE newest.door_id = other.door_id AND newest.person_id IS NOT DISTINCT FROM other.person_id AND newest.field = other.field
      AND newest.outcome IN ('created', 'settled') AND (settled.before IS NULL OR newest.key = settled.before)
    ORDER BY newest.id DESC LIMIT 1
) AS force ON true
WHERE other.outcome = 'conflict' AND other.area >= %(area)s AND other.area < %(area)s || '~'
  AND (%(doors)s::bigint[] IS NULL OR other.door_id = ANY(%(doors)s::bigint[]))
  AND (%(one)s::uuid IS NULL OR other.key = %(one)s::uuid)
  AND (
    settled.recorded_at >= %(since)s
    OR settled.key IS NULL
       AND (force.value, force.digest) IS DISTINCT FROM (other.value, other.digest)
       AND NOT EXISTS (
         SELECT FROM grid_edit AS later
         WHERE later.door_id = other.door_id AND later.person_id IS NOT DISTINCT FROM other.person_id AND later.field = other.field
           AND later.by = other.by AND later.id > other.id
       )
    OR %(one)s::uuid IS NOT NULL
  )
ORDER BY settled.recorded_at IS NOT NULL, other.recorded_at DESC, other.id DESC
LIMIT %(limit)s
