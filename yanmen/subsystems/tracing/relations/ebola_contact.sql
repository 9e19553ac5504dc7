-- relation: ebola_contact
-- subject: person
-- zh: 埃博拉接触者
-- en: Contacts of Ebola cases
-- facts: tracing.contact_found, tracing.contact_visited
-- column: case_id text | 病例编号 | Key of the case
-- column: first_exposed date | 首次暴露日期（空：不详） | Day of the first exposure (empty: unknown)
-- column: last_exposed date | 末次暴露日期 | Day of the last exposure
-- column: symptoms_on date | 暴露后首次出现症状日期（空：无） | Day of the first symptoms since the exposure (empty: none)
-- column: since_at timestamptz | 判定或发现症状的时刻（时限起点） | Moment of the finding, or of the symptoms, from which clocks run
--
-- One row a person and case, with the latest exposure. Symptoms come from the visits; the row is known from them.
WITH said AS (
    SELECT asked.subject, fact.id,
           fact.detail ->> 'case' AS case_id,
           (fact.detail ->> 'first_exposed')::date AS first_exposed,
           (fact.detail ->> 'last_exposed')::date AS last_exposed,
           traced_since(fact, ARRAY['case', 'degree', 'last_exposed'], %(known_at)s) AS found_at
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'tracing.contact_found'
    WHERE fact.detail ->> 'disease' = 'ebola' AND fact.detail ->> 'degree' = '1'
      AND traced_case_stands(fact.detail ->> 'case', %(known_at)s)
), chosen AS (
    SELECT DISTINCT ON (subject, case_id) *, min(first_exposed) OVER (PARTITION BY subject, case_id) AS since
    FROM said
    ORDER BY subject, case_id, last_exposed DESC, found_at, id
)
SELECT chosen.subject,
       chosen.case_id AS reason,
       array_remove(ARRAY[chosen.id, ill.id], NULL) AS evidence,
       local_date(greatest(chosen.found_at, ill.recorded_at)) AS known_on,
       chosen.case_id,
       chosen.since AS first_exposed,
       chosen.last_exposed,
       ill.onset_on AS symptoms_on,
       greatest(chosen.found_at, ill.recorded_at) AS since_at
FROM chosen
LEFT JOIN LATERAL (
    SELECT visit.id, visit.recorded_at, seen.onset_on
    FROM asked AS again
    JOIN known_facts(%(known_at)s) AS visit ON visit.person_id = again.member AND visit.kind = 'tracing.contact_visited'
    CROSS JOIN LATERAL (
        SELECT coalesce((visit.detail ->> 'onset_on')::date, local_date(visit.occurred_at)) AS onset_on
    ) AS seen
    WHERE again.subject = chosen.subject AND (visit.detail ->> 'symptoms')::boolean
      AND seen.onset_on >= coalesce(chosen.since, chosen.last_exposed)
    ORDER BY seen.onset_on, visit.recorded_at, visit.id
    LIMIT 1
) AS ill ON true
