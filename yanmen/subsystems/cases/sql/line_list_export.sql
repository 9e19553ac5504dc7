-- name: line_list_export
-- Every case of an area as a line: its report as it counts now, its person, care and outcome, and who is said to have infected it.
WITH report AS (
    SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.person_id, fact.area, fact.occurred_at, fact.detail
    FROM loop_fact AS fact
    WHERE fact.kind = 'cases.reported'
      AND fact.area COLLATE "C" >= %(area)s AND fact.area COLLATE "C" < %(area)s || '~'
      AND (%(disease)s = '' OR coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') = %(disease)s)
      AND (%(since)s::date IS NULL OR fact.occurred_at >= day_start(%(since)s::date))
      AND (%(until)s::date IS NULL OR fact.occurred_at < day_start(%(until)s::date + 1))
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
), course AS (
    SELECT DISTINCT ON (fact.detail ->> 'case', fact.kind) fact.detail ->> 'case' AS key, fact.kind, fact.occurred_at, fact.detail
    FROM loop_fact AS fact
    WHERE fact.kind IN ('cases.admitted', 'cases.discharged', 'cases.died', 'cases.reclassified')
      AND fact.area COLLATE "C" >= %(area)s AND fact.area COLLATE "C" < %(area)s || '~'
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    ORDER BY fact.detail ->> 'case', fact.kind, fact.occurred_at DESC, fact.id DESC
), source AS (
    SELECT fact.detail ->> 'case' AS key,
           jsonb_agg(jsonb_build_object(
               'infector', fact.detail ->> 'infector', 'number', fact.detail ->> 'infector_number',
               'setting', fact.detail ->> 'setting', 'certainty', (fact.detail ->> 'certainty')::float8)
               ORDER BY fact.id) AS sources
    FROM loop_fact AS fact
    WHERE fact.kind = 'cases.source_told'
      AND fact.area COLLATE "C" >= %(area)s AND fact.area COLLATE "C" < %(area)s || '~'
      AND coalesce(fact.detail ->> 'infector', '') <> ''
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
    GROUP BY 1
)
SELECT report.key, report.area, local_date(report.occurred_at) AS found_on, report.detail,
       coalesce(renamed.detail ->> 'to', report.detail ->> 'kind') AS kind,
       coalesce(person.name, '') AS name, coalesce(person.sex, report.detail ->> 'sex', '') AS sex, person.born_on,
       coalesce(person.address, '') AS address,
       local_date(admitted.occurred_at) AS admitted_on, coalesce(admitted.detail ->> 'facility', '') AS hospital,
       local_date(discharged.occurred_at) AS discharged_on, coalesce(discharged.detail ->> 'note', '') AS discharge_note,
       local_date(died.occurred_at) AS died_on, coalesce(died.detail ->> 'note', '') AS death_note,
       coalesce(source.sources, '[]'::jsonb) AS sources
FROM report
LEFT JOIN registry_person AS person ON person.id = report.person_id
LEFT JOIN course AS renamed ON renamed.key = report.key AND renamed.kind = 'cases.reclassified'
LEFT JOIN course AS admitted ON admitted.key = report.key AND admitted.kind = 'cases.admitted'
LEFT JOIN course AS discharged ON discharged.key = report.key AND discharged.kind = 'cases.discharged'
LEFT JOIN course AS died ON died.key = report.key AND died.kind = 'cases.died'
LEFT JOIN source ON source.key = report.key
ORDER BY report.occurred_at, report.key
