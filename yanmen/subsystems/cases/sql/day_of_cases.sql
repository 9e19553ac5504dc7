-- Every case that a daily report of one day counts, as known at a moment: where it was found, and how it stood at the start and
-- at the end of the day. Cases without a person come from imported daily reports: nobody tells how they go on.
WITH reported AS (
    SELECT DISTINCT ON (coalesce(fact.detail ->> 'case', fact.id::text))
           coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.id AS fact_id, fact.person_id AS person, fact.area, fact.occurred_at AS found_at,
           fact.detail ->> 'kind' AS kind, coalesce(fact.detail ->> 'setting', 'unknown') AS setting
    FROM known_facts(%(known_at)s) AS fact
    WHERE fact.kind = 'cases.reported' AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND fact.occurred_at < day_start(%(day)s::date + 1)
      AND coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') = 'covid19'
    ORDER BY coalesce(fact.detail ->> 'case', fact.id::text), fact.recorded_at DESC, fact.id DESC
), course AS (
    SELECT fact.detail ->> 'case' AS key,
           (array_agg(fact.detail ->> 'to' ORDER BY fact.occurred_at DESC, fact.id DESC)
               FILTER (WHERE fact.kind = 'cases.reclassified'))[1] AS kind_after,
           (array_agg(fact.detail ->> 'to' ORDER BY fact.occurred_at DESC, fact.id DESC)
               FILTER (WHERE fact.kind = 'cases.reclassified' AND fact.occurred_at < day_start(%(day)s)))[1] AS kind_before,
           local_date(min(fact.occurred_at) FILTER (WHERE fact.kind = 'cases.discharged')) AS discharged_on,
           local_date(min(fact.occurred_at) FILTER (WHERE fact.kind = 'cases.died')) AS died_on
    FROM known_facts(%(known_at)s) AS fact
    WHERE fact.kind IN ('cases.reclassified', 'cases.discharged', 'cases.died')
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~' AND fact.occurred_at < day_start(%(day)s::date + 1)
    GROUP BY 1
)
SELECT reported.key, reported.fact_id, reported.person, reported.area, reported.found_at, reported.setting,
       coalesce(course.kind_before, reported.kind) AS kind_before, coalesce(course.kind_after, reported.kind) AS kind,
       local_date(reported.found_at) = %(day)s AS found_today, course.discharged_on, course.died_on,
       reported.setting = 'arrival' AND (reported.person IS NULL OR EXISTS (
           SELECT FROM known_facts(%(known_at)s) AS entry
           WHERE entry.person_id = reported.person AND entry.kind = 'arrivals.entered_country' AND entry.occurred_at <= reported.found_at
       )) AS imported
FROM reported LEFT JOIN course ON course.key = reported.key
WHERE coalesce(course.kind_after, reported.kind) IN ('confirmed', 'asymptomatic', 'suspected')
ORDER BY reported.area, reported.found_at, reported.key
