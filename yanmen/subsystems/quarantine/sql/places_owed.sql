-- The stages of measures in force that ask for a place that some kind of site serves, or meet one on the same person: of people given, or of an area.
SELECT m.subject AS person, m.id AS measure, m.kind, m.rule, m.reason, m.area::text AS area, m.imposed_at, s.place,
       m.count_from + s.from_day AS first,
       CASE WHEN s.is_last AND m.over_hold THEN NULL ELSE m.count_from + s.to_day END AS last,
       coalesce(s.marks ->> 'fallback_place', '') AS fallback, coalesce(s.marks ->> 'voluntary_place', '') AS voluntary
FROM loop_measure m
JOIN loop_edition_stage s ON s.edition_id = m.edition_id
WHERE m.subject_type = 'person' AND m.state = 'in_force' AND s.place <> ''
  AND (s.to_day IS NULL OR m.count_from + s.to_day >= %(day)s OR s.is_last AND m.over_hold)
  AND (%(people)s::bigint[] IS NULL OR m.subject = ANY (%(people)s))
  AND (%(area)s = '' OR m.area >= %(area)s AND m.area < %(area)s || '~')
ORDER BY m.subject, m.id, s.ordinal
