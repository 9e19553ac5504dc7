-- Close contacts at the end of a day, as known at a moment: how many people were traced so far, how many are under measures for it,
-- and for how many those ended on the day. Measures are read from the ledger, which tells how each stood when.
WITH traced AS (
    SELECT count(DISTINCT fact.person_id)::int AS people FROM known_facts(%(known_at)s) AS fact
    WHERE fact.kind = 'tracing.contact_found' AND coalesce((fact.detail ->> 'degree')::int, 1) = 1
      AND coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') = 'covid19'
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~' AND fact.occurred_at < day_start(%(day)s::date + 1)
), of_contacts AS (
    SELECT id, at, measure_id, subject, state FROM loop_event
    WHERE subject_type = 'person' AND rule LIKE 'tracing.close_contact%%' AND area >= %(area)s AND area < %(area)s || '~'
      AND at < day_start(%(day)s::date + 1) AND at <= %(known_at)s
), after AS (
    SELECT subject, bool_or(state = 'in_force') AS held
    FROM (SELECT DISTINCT ON (measure_id) * FROM of_contacts ORDER BY measure_id, id DESC) AS latest GROUP BY subject
), before AS (
    SELECT subject, bool_or(state = 'in_force') AS held
    FROM (SELECT DISTINCT ON (measure_id) * FROM of_contacts WHERE at < day_start(%(day)s) ORDER BY measure_id, id DESC) AS latest
    GROUP BY subject
)
SELECT (SELECT people FROM traced) AS contacts_traced,
       (SELECT count(*)::int FROM after WHERE held) AS contacts_under_obs,
       (SELECT count(*)::int FROM after JOIN before USING (subject) WHERE before.held AND NOT after.held) AS contacts_released
