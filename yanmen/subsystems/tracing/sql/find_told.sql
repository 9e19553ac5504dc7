-- Who was on the same vehicle or in the same class, ward, dormitory, workplace or floor at the same time as some people: both seats.
-- A journey whose end nobody told lasts until the end of its day; a group until somebody says otherwise.
WITH index AS (
    SELECT * FROM unnest(%(roots)s::bigint[], %(members)s::bigint[], %(since)s::timestamptz[], %(until)s::timestamptz[],
                         %(apart)s::timestamptz[]) AS i (root, member, since, until, apart)
), mine AS (
    SELECT index.root, fact.id, fact.detail, fact.detail ->> 'setting' AS setting, fact.detail ->> 'name' AS name,
           greatest(fact.occurred_at, index.since) AS from_at,
           least(index.until, CASE
               WHEN fact.detail ->> 'until' IS NOT NULL THEN (fact.detail ->> 'until')::timestamptz
               WHEN fact.detail ->> 'setting' = ANY (%(journeys)s) THEN day_start(local_date(fact.occurred_at) + 1)
               ELSE index.apart END) AS to_at
    FROM index
    JOIN loop_fact AS fact ON fact.person_id = index.member AND fact.kind = 'tracing.setting_told'
    WHERE fact.detail ->> 'setting' = ANY (%(settings)s) AND fact.occurred_at < index.until
      AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)
)
SELECT mine.root, coalesce(one.same_as_id, one.id) AS person, mine.setting, mine.id AS own_fact, other.id AS other_fact,
       coalesce(mine.detail ->> 'unit', '') AS own_unit, (mine.detail ->> 'row')::integer AS own_row,
       coalesce((mine.detail ->> 'staff')::boolean, false) AS own_staff, coalesce(mine.detail ->> 'layout', '') AS own_layout,
       coalesce(other.detail ->> 'unit', '') AS unit, (other.detail ->> 'row')::integer AS row,
       coalesce((other.detail ->> 'staff')::boolean, false) AS staff, coalesce(other.detail ->> 'layout', '') AS layout,
       together.first_at, together.last_at
FROM mine
JOIN loop_fact AS other
    ON other.kind = 'tracing.setting_told' AND other.detail ->> 'name' = mine.name AND other.detail ->> 'setting' = mine.setting
JOIN registry_person AS one ON one.id = other.person_id
CROSS JOIN LATERAL (
    SELECT greatest(mine.from_at, other.occurred_at) AS first_at,
           least(mine.to_at, CASE
               WHEN other.detail ->> 'until' IS NOT NULL THEN (other.detail ->> 'until')::timestamptz
               WHEN mine.setting = ANY (%(journeys)s) THEN day_start(local_date(other.occurred_at) + 1)
               ELSE mine.to_at END) AS last_at
) AS together
WHERE coalesce(one.same_as_id, one.id) <> mine.root AND together.first_at < together.last_at
  AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = other.id)
