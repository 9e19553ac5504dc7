-- Stays of the cases reported since a day at places of the asker's area: which case, whose, where, from when to when.
WITH reported AS (
    SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.person_id, fact.occurred_at AS found_at
    FROM loop_fact AS fact
    WHERE fact.kind = 'cases.reported' AND fact.person_id IS NOT NULL
      AND fact.occurred_at >= %(reported_since)s AND in_scope(fact.area)
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
), patient AS (
    SELECT reported.key, reported.found_at, member.id AS person_id, member.name
    FROM reported
    JOIN registry_person AS own ON own.id = reported.person_id
    JOIN registry_person AS member ON member.id = coalesce(own.same_as_id, own.id) OR member.same_as_id = coalesce(own.same_as_id, own.id)
)
SELECT patient.key, patient.found_at, patient.name, patient.person_id AS person, stay.place_id AS place, stay.area, stay.arrived, stay.left_at AS left
FROM patient
JOIN tracing_stay AS stay ON stay.person_id = patient.person_id
WHERE in_scope(stay.area) AND (%(place)s::bigint IS NULL OR stay.place_id = %(place)s)
  AND stay.arrived >= %(since)s - interval '12 hours' AND stay.arrived < %(until)s
      AND stay.left_at > %(since)s AND stay.arrived < patient.found_at
ORDER BY stay.arrived DESC
LIMIT %(limit)s
