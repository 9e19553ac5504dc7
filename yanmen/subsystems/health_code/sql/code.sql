-- Reads of the health code, within the asker's row-level security.

-- name: colour
SELECT status.value, status.since, status.version, status.because
FROM registry_person AS person
JOIN loop_status AS status ON status.subject = coalesce(person.same_as_id, person.id)
WHERE person.id = %(person)s AND status.subject_type = 'person' AND status.status = %(status)s

-- name: counts
SELECT value, count(*)
FROM loop_status
WHERE subject_type = 'person' AND status = %(status)s AND area >= %(area)s AND area < %(area)s || '~'
GROUP BY value

-- name: rests_on
SELECT EXISTS (
    SELECT FROM loop_measure
    WHERE subject_type = 'person' AND subject = %(person)s AND evidence @> ARRAY[%(fact)s]::uuid[]
)

-- name: facts
SELECT fact.id, fact.kind, fact.person_id, fact.place_id, fact.area, fact.occurred_at, fact.recorded_at,
       fact.recorded_by, fact.detail::text AS detail,
       NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id) AS stands
FROM loop_fact AS fact

-- name: appeals
SELECT contested.detail ->> 'appeal' AS appeal, contested.person_id, coalesce(person.name, '') AS name,
       contested.area::text AS area, (contested.detail ->> 'fact_id')::uuid AS fact_id,
       coalesce(contested.detail ->> 'field', '') AS field, contested.detail ->> 'reason' AS reason,
       contested.detail ->> 'recorded_by' AS recorded_by, contested.occurred_at AS contested_at, task.due_at,
       coalesce(decided.kind, '') AS decision, coalesce(decided.detail ->> 'note', '') AS note,
       coalesce((decided.detail ->> 'repaired')::integer, 0) AS repaired,
       coalesce((decided.detail ->> 'people')::integer, 0) AS people
FROM loop_fact AS contested
LEFT JOIN registry_person AS person ON person.id = contested.person_id
LEFT JOIN LATERAL (
    SELECT later.kind, later.detail FROM loop_fact AS later
    WHERE later.person_id = contested.person_id AND later.kind IN ('health_code.upheld', 'health_code.rejected')
      AND later.detail ->> 'appeal' = contested.detail ->> 'appeal'
    ORDER BY later.recorded_at LIMIT 1
) AS decided ON true
LEFT JOIN LATERAL (
    SELECT owed.due_at FROM loop_measure AS waiting
    JOIN loop_task AS owed ON owed.measure_id = waiting.id AND owed.kind = 'decide_appeal'
    WHERE waiting.subject_type = 'person' AND waiting.subject = coalesce(person.same_as_id, contested.person_id)
      AND waiting.kind = 'appeal' AND waiting.reason = contested.detail ->> 'appeal'
    ORDER BY owed.due_at LIMIT 1
) AS task ON true
WHERE contested.kind = 'health_code.contested'
  AND contested.area >= %(area)s AND contested.area < %(area)s || '~'
  AND (%(key)s::text IS NULL OR contested.detail ->> 'appeal' = %(key)s)
  AND (%(person)s::bigint IS NULL OR contested.person_id = %(person)s)
  AND (%(fact)s::text IS NULL OR contested.detail ->> 'fact_id' = %(fact)s)
  AND (%(decided)s::boolean IS NULL OR (decided.kind IS NOT NULL) = %(decided)s)
  AND (%(after)s = '' OR contested.id::text > %(after)s)
ORDER BY contested.id
LIMIT %(limit)s
