-- Statuses: the strictest mark over the stages in force, kept where it differs from the default.

-- name: fold_status
WITH carried AS (
    SELECT m.subject, m.id, array_position(%(order)s::text[], s.marks ->> %(mark)s) AS rank
    FROM subjects a
    JOIN loop_measure m ON m.subject = a.subject AND m.subject_type = %(subject_type)s AND m.state = 'in_force'
    JOIN loop_edition_stage s ON s.edition_id = m.edition_id AND s.marks ? %(mark)s
     AND (s.ordinal = 0 OR %(as_of)s >= m.count_from + s.from_day)
     AND (s.to_day IS NULL OR %(as_of)s <= m.count_from + s.to_day OR (s.is_last AND m.over_hold))
    UNION ALL
    SELECT subject, NULL, NULL FROM subjects
), ranked AS (
    SELECT subject, id, rank, max(rank) OVER (PARTITION BY subject) AS worst FROM carried
), valued AS (
    SELECT subject, coalesce((%(order)s::text[])[max(worst)], %(default)s) AS value,
           coalesce(array_agg(id ORDER BY id) FILTER (WHERE rank = worst), '{}') AS because
    FROM ranked GROUP BY subject
)
INSERT INTO loop_status AS s (subject_type, subject, status, value, area, version, since, because)
SELECT %(subject_type)s, v.subject, %(status)s, v.value, r.{area}, %(version)s, %(now)s, v.because
FROM valued v JOIN {register} r ON r.id = v.subject
WHERE v.value <> %(default)s
   OR EXISTS (SELECT 1 FROM loop_status o
              WHERE o.subject = v.subject AND o.subject_type = %(subject_type)s AND o.status = %(status)s AND o.value <> v.value)
ON CONFLICT (subject, subject_type, status) DO UPDATE
SET value = excluded.value, area = excluded.area, version = excluded.version, because = excluded.because,
    since = CASE WHEN s.value = excluded.value THEN s.since ELSE excluded.since END
WHERE (s.value, s.area, s.because) IS DISTINCT FROM (excluded.value, excluded.area, excluded.because)
