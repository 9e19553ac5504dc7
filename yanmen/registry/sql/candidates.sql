-- candidates: records that may be the same person as %(person)s, in the asker's area, best first.
-- The document never meets itself (it is unique); telephone, birth date and name do. Decided pairs are left out.
WITH asked AS (
    SELECT p.*, coalesce(p.same_as_id, p.id) AS root FROM registry_person p WHERE p.id = %(person)s
), near AS (
    SELECT other.id FROM asked, registry_person other
     WHERE other.phone_index = asked.phone_index
    UNION
    SELECT other.id FROM asked, registry_person other
     WHERE other.born_on = asked.born_on AND similarity(other.name, asked.name) >= 0.25
    UNION
    SELECT other.id FROM asked, registry_person other
     WHERE other.name = asked.name AND left(other.area, 4) = left(asked.area, 4)
       AND (other.born_on IS NULL OR asked.born_on IS NULL OR abs(other.born_on - asked.born_on) <= 366)
), judged AS (
    SELECT other.id,
           other.phone_index IS NOT NULL AND other.phone_index = asked.phone_index AS phone,
           coalesce(other.born_on = asked.born_on, false) AS born_on,
           other.name = asked.name AS name,
           similarity(other.name, asked.name) AS likeness,
           left(other.area, 6) = left(asked.area, 6) AS county,
           other.sex <> '' AND asked.sex <> '' AND other.sex <> asked.sex AS other_sex
      FROM near JOIN registry_person other USING (id), asked
     WHERE coalesce(other.same_as_id, other.id) <> asked.root
       AND other.area COLLATE "C" >= %(area)s AND other.area COLLATE "C" < %(area)s || '~'
       AND NOT (other.id_type = asked.id_type AND other.id_type = 'resident' AND other.born_on <> asked.born_on)
       AND NOT EXISTS (SELECT FROM registry_matchdecision d
                        WHERE d.undone_at IS NULL AND d.left_id = least(other.id, asked.id)
                          AND d.right_id = greatest(other.id, asked.id))
)
SELECT id,
       round(least(1, 0.35 * phone::int + 0.3 * born_on::int + 0.25 * likeness + 0.1 * county::int
                      - 0.3 * other_sex::int)::numeric, 3) AS score,
       array_remove(ARRAY[CASE WHEN phone THEN 'phone' END, CASE WHEN born_on THEN 'born_on' END,
                          CASE WHEN name THEN 'name' END], NULL) AS reasons
  FROM judged
 ORDER BY score DESC, id
 LIMIT %(limit)s
