-- Cases of the last days that may propose somebody of an area: reported there, or (asked by a county or what is in it) at a place there
-- before they were found.
WITH own AS (
    SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.occurred_at AS found_at, fact.area::text AS reported_in,
           person.id IS NOT NULL AS mine, coalesce(person.name, '') AS name
    FROM loop_fact AS fact
    LEFT JOIN registry_person AS person ON person.id = fact.person_id
    WHERE fact.kind = 'cases.reported' AND fact.person_id IS NOT NULL AND fact.occurred_at > %(since)s
      AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
), visiting AS (
    SELECT DISTINCT stay.key, stay.found_at, stay.reported_in, stay.mine, stay.name
    FROM tracing_case_stays(NULL, %(since)s, %(now)s, %(since)s, 100000) AS stay
    WHERE length(%(area)s) >= 6 AND stay.key NOT IN (SELECT key FROM own)
)
SELECT key, found_at, reported_in, mine, name FROM own
UNION ALL
SELECT key, found_at, reported_in, mine, name FROM visiting
ORDER BY found_at DESC, key
