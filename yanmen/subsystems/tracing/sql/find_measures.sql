-- What is in force on some people because of a case: of each the rule that holds longest, else what ended last.
SELECT DISTINCT ON (measure.subject) measure.subject, measure.rule AS measure, measure.state AS measure_state, measure.last_day
FROM unnest(%(people)s::bigint[]) AS asked (person)
JOIN loop_measure AS measure ON measure.subject = asked.person AND measure.subject_type = 'person'
WHERE measure.rule = ANY (%(rules)s) AND starts_with(measure.reason, %(case)s)
ORDER BY measure.subject, measure.state IN ('in_force', 'proposed') DESC, measure.last_day DESC NULLS FIRST, measure.id DESC
