-- Where measures in force hold people of an area on a day, some or all of them, each place once, with the first day it has held so far.
SELECT measure.subject AS person, stage.place, min(measure.count_from + stage.from_day) AS since
FROM loop_measure AS measure
JOIN loop_edition_stage AS stage ON stage.edition_id = measure.edition_id
 AND measure.count_from + stage.from_day <= %(day)s
 AND (stage.to_day IS NULL OR measure.count_from + stage.to_day >= %(day)s OR (stage.is_last AND measure.over_hold))
WHERE measure.subject_type = 'person' AND measure.state = 'in_force' AND stage.place <> ''
  AND measure.area >= %(area)s AND measure.area < %(area)s || '~'
  AND (%(people)s::bigint[] IS NULL OR measure.subject = ANY(%(people)s::bigint[]))
GROUP BY measure.subject, stage.place
