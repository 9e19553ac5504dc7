-- What is past its retention: a batch of rows, a day of facts, and the receipts.

-- name: dispose_rows
WITH due AS (
    SELECT {key} AS key FROM {table} WHERE {moment} < %(before)s::timestamptz LIMIT %(batch)s
), gone AS (
    DELETE FROM {table} USING due WHERE {table}.{key} = due.key RETURNING {table}.{key}::text AS key, {moment} AS moment
)
SELECT local_date(moment) AS day, count(*) AS facts, min(moment) AS first_at, max(moment) AS last_at,
       bit_xor(hashtextextended(key, 0)) AS checksum
FROM gone GROUP BY 1 ORDER BY 1

-- name: days_with_expired_facts
-- Sealed days only: what was not sealed yet is not old enough to forget.
SELECT DISTINCT local_date(f.recorded_at) AS day
FROM loop_fact f
JOIN unnest(%(kinds)s::text[], %(kept)s::integer[]) AS k (kind, days) ON k.kind = f.kind
JOIN loop_daily_seal s ON s.day = local_date(f.recorded_at)
WHERE local_date(f.recorded_at) + k.days < %(as_of)s::date
ORDER BY 1

-- name: dispose_facts
-- A fact stays while a measure rests on it, or is open on its person (under any number) or its place. Tasks that it
-- closed go with it. A correction outlives what it corrects: nothing that was withdrawn comes back.
WITH open AS MATERIALIZED (
    SELECT subject_type, subject, evidence FROM loop_measure WHERE state IN ('proposed', 'in_force')
), held AS MATERIALIZED (
    SELECT DISTINCT unnest(evidence) AS id FROM open
), people AS MATERIALIZED (
    SELECT subject AS id FROM open WHERE subject_type = 'person'
    UNION
    SELECT p.id FROM open o JOIN registry_person p ON p.same_as_id = o.subject WHERE o.subject_type = 'person'
), gone AS (
    DELETE FROM loop_fact f
    USING unnest(%(kinds)s::text[], %(kept)s::integer[]) AS k (kind, days)
    WHERE k.kind = f.kind AND f.recorded_at >= day_start(%(day)s::date) AND f.recorded_at < day_start(%(day)s::date + 1)
      AND local_date(f.recorded_at) + k.days < %(as_of)s::date
      AND NOT EXISTS (SELECT FROM held h WHERE h.id = f.id)
      AND NOT EXISTS (SELECT FROM people p WHERE p.id = f.person_id)
      AND NOT EXISTS (SELECT FROM open o WHERE o.subject_type = 'place' AND o.subject = f.place_id)
      AND NOT EXISTS (SELECT FROM loop_fact corrected WHERE corrected.id = f.corrects)
    RETURNING f.id, f.kind, f.recorded_at
), closed AS (
    DELETE FROM loop_task t USING gone WHERE t.done_by = gone.id
)
SELECT kind, %(day)s::date AS day, count(*) AS facts, min(recorded_at) AS first_at, max(recorded_at) AS last_at,
       bit_xor(hashtextextended(id::text, 0)) AS checksum
FROM gone GROUP BY kind ORDER BY kind

-- name: next_part
SELECT count(*) FROM loop_disposal WHERE kind = %(kind)s AND day = %(day)s

-- name: store_disposal
INSERT INTO loop_disposal (kind, day, part, facts, first_at, last_at, checksum, left_facts, left_digest, disposed_at, key_id, signature)
VALUES (%(kind)s, %(day)s, %(part)s, %(facts)s, %(first_at)s, %(last_at)s, %(checksum)s, %(left_facts)s, %(left_digest)s,
        %(now)s, %(key_id)s, %(signature)s)

-- name: left_of_days
-- What the newest receipt says is left of a sealed day, and how many of its facts went.
SELECT DISTINCT ON (d.day) d.day, sum(d.facts) OVER (PARTITION BY d.day)::bigint, d.left_facts, d.left_digest
FROM loop_disposal d WHERE d.left_digest IS NOT NULL ORDER BY d.day, d.id DESC

-- name: fact_receipts
SELECT kind, day, part, facts, checksum, left_facts, left_digest, signature FROM loop_disposal WHERE left_digest IS NOT NULL ORDER BY id
