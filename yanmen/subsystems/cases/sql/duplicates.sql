-- Pairs of standing reports that may be one case: one person twice; one name, sex and birth date; one name in a county about one time.
-- Two documents that differ, or a decision that two records are different people, speak against it.
WITH report AS (
    SELECT coalesce(fact.detail ->> 'case', fact.id::text) AS key, fact.person_id, fact.area, fact.occurred_at AS found_at,
           coalesce((fact.detail ->> 'onset_on')::date, local_date(fact.occurred_at)) AS began_on,
           coalesce(nullif(fact.detail ->> 'disease', ''), 'covid19') AS disease, fact.detail ->> 'setting' AS setting,
           person.name, person.sex, person.born_on, person.id_type, person.id_number_index AS document,
           coalesce(person.same_as_id, person.id) AS root
    FROM loop_fact AS fact JOIN registry_person AS person ON person.id = fact.person_id
    WHERE fact.kind = 'cases.reported' AND fact.area >= %(area)s AND fact.area < %(area)s || '~'
      AND fact.occurred_at >= %(since)s
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
), pair AS (
    SELECT a.key AS "left", b.key AS "right", a.person_id AS left_person, b.person_id AS right_person,
           a.area AS left_area, b.area AS right_area, a.found_at AS left_found_at, b.found_at AS right_found_at,
           a.name, a.disease, a.root = b.root AS person,
           a.sex <> '' AND a.sex = b.sex AND a.born_on = b.born_on AS born,
           abs(a.began_on - b.began_on) <= %(apart)s AS near, left(a.area, 6) = left(b.area, 6) AS county
    FROM report AS a
    JOIN report AS b ON b.disease = a.disease AND (b.found_at, b.key) > (a.found_at, a.key)
     AND (b.root = a.root OR b.name = a.name AND b.name <> '')
    WHERE b.setting IS DISTINCT FROM 're_positive' AND a.setting IS DISTINCT FROM 're_positive'
      AND (a.root = b.root
           OR NOT (a.document IS NOT NULL AND b.document IS NOT NULL AND a.id_type = b.id_type AND a.document <> b.document)
              AND coalesce(a.born_on = b.born_on, true) AND NOT (a.sex <> '' AND b.sex <> '' AND a.sex <> b.sex))
      AND NOT EXISTS (SELECT FROM registry_matchdecision AS decided
                      WHERE NOT decided.same AND decided.undone_at IS NULL
                        AND decided.left_id = least(a.person_id, b.person_id)
                        AND decided.right_id = greatest(a.person_id, b.person_id))
)
SELECT "left", "right", left_person, right_person, left_area, right_area, left_found_at, right_found_at, name, disease,
       array_remove(ARRAY[CASE WHEN person THEN 'person' END, CASE WHEN born THEN 'birth' END,
                          CASE WHEN near AND county THEN 'near' END], NULL) AS reasons,
       CASE WHEN person AND near THEN 1 WHEN person THEN 0.6 WHEN born THEN 0.9 ELSE 0.5 END::float8 AS score
FROM pair
WHERE person OR born OR near AND county
ORDER BY score DESC, left_found_at DESC, "left", "right" LIMIT %(limit)s
