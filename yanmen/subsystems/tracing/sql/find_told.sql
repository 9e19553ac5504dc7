-- Who was on the same vehicle or in the same class, ward, dormitory, workplace or floor at the same time as some people: both seats.
-- A journey whose end nobody told lasts until the end of its day; a group until somebody says otherwise. Those in `but` are left out; with
-- `near`, so is everybody of another carriage or room. Others of a setting are read once, however many of its people are asked about.
WITH index AS (
    SELECT * FROM unnest(%(roots)s::bigint[], %(members)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[],
                         %(apart)s::timestamptz[]) AS i (root, member, since, until, apart)
), mine AS MATERIALIZED (
    SELECT index.root, fact.id, fact.detail ->> 'setting' AS setting, fact.detail ->> 'name' AS name,
           coalesce(fact.detail ->> 'unit', '') AS unit, (fact.detail ->> 'row')::integer AS row,
           coalesce((fact.detail ->> 'staff')::boolean, false) AS staff, coalesce(fact.detail ->> 'layout', '') AS layout,
           greatest(fact.occurred_at, index.since) AS from_at,
           least(index.until, CASE
               WHEN fact.detail ->> 'until' IS NOT NULL THEN (fact.detail ->> 'until')::timestamptz
               WHEN fact.detail ->> 'setting' = ANY (%(journeys)s) THEN day_start(local_date(fact.occurred_at) + 1)
               ELSE index.apart END) AS to_at
    FROM index
    CROSS JOIN LATERAL (
        SELECT own.* FROM loop_fact AS own WHERE own.person_id = index.member AND own.kind = 'tracing.setting_told' OFFSET 0
    ) AS fact
    WHERE fact.detail ->> 'setting' = ANY (%(settings)s) AND fact.occurred_at < index.until
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
), others AS MATERIALIZED (
    SELECT coalesce(one.same_as_id, one.id) AS person, fact.id, shared.setting, shared.name,
           coalesce(fact.detail ->> 'unit', '') AS unit, (fact.detail ->> 'row')::integer AS row,
           coalesce((fact.detail ->> 'staff')::boolean, false) AS staff, coalesce(fact.detail ->> 'layout', '') AS layout,
           fact.occurred_at AS from_at,
           CASE WHEN fact.detail ->> 'until' IS NOT NULL THEN (fact.detail ->> 'until')::timestamptz
                WHEN shared.setting = ANY (%(journeys)s) THEN day_start(local_date(fact.occurred_at) + 1)
                ELSE 'infinity' END AS to_at
    FROM (SELECT DISTINCT setting, name FROM mine) AS shared
    CROSS JOIN LATERAL (
        SELECT other.* FROM loop_fact AS other
        WHERE other.kind = 'tracing.setting_told' AND other.detail ->> 'name' = shared.name AND other.detail ->> 'setting' = shared.setting
        OFFSET 0
    ) AS fact
    JOIN registry_person AS one ON one.id = fact.person_id
    WHERE NOT EXISTS (SELECT FROM unnest(%(but)s::bigint[]) AS known (id) WHERE known.id = coalesce(one.same_as_id, one.id))
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
)
SELECT mine.root, others.person, mine.setting, mine.id AS own_fact, others.id AS other_fact,
       mine.unit AS own_unit, mine.row AS own_row, mine.staff AS own_staff, mine.layout AS own_layout,
       others.unit, others.row, others.staff, others.layout,
       greatest(mine.from_at, others.from_at) AS first_at, least(mine.to_at, others.to_at) AS last_at
FROM mine
JOIN others ON others.setting = mine.setting AND others.name = mine.name
WHERE others.person <> mine.root AND greatest(mine.from_at, others.from_at) < least(mine.to_at, others.to_at)
  AND NOT (%(near)s AND mine.setting = ANY (%(by_unit)s) AND mine.unit <> '' AND others.unit <> '' AND mine.unit <> others.unit)
