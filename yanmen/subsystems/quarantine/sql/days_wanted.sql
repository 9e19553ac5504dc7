-- Day by day, the strictest place that measures in force want people to be in, with the places marked beside it. For checking stays.
WITH stage AS (
    SELECT m.subject, m.id AS measure, m.kind, s.place, s.marks, m.count_from + s.from_day AS first,
           CASE WHEN s.is_last AND m.over_hold THEN NULL ELSE m.count_from + s.to_day END AS last
    FROM loop_measure m JOIN loop_edition_stage s ON s.edition_id = m.edition_id
    WHERE m.subject_type = 'person' AND m.state = 'in_force' AND s.place <> ''
      AND (m.area >= %(area)s AND m.area < %(area)s || '~' OR m.subject = ANY (%(people)s))
)
SELECT DISTINCT ON (stage.subject, day.at) stage.subject AS person, day.at::date AS day, stage.place, stage.kind,
       array_remove(ARRAY[stage.place, stage.marks ->> 'fallback_place', stage.marks ->> 'voluntary_place'], NULL) AS accepted
FROM stage
CROSS JOIN LATERAL generate_series(
    greatest(stage.first, %(day)s::date)::timestamp, least(coalesce(stage.last, 'infinity'), %(day)s::date + %(ahead)s)::timestamp, '1 day') AS day(at)
ORDER BY stage.subject, day.at, array_position(%(places)s::text[], stage.place) DESC NULLS LAST, stage.last DESC NULLS FIRST, stage.measure
