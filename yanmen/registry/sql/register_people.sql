-- register_people: insert many people at once; returns the numbers of those inserted. A document that somebody else
-- registered in the same moment is left to them.
INSERT INTO registry_person (id, name, sex, born_on, id_type, id_number_sealed, id_number_index, phone_sealed,
                             phone_index, area, address, guardian_id, household_id, post, synthetic, created_at)
SELECT row.*, %(now)s
  FROM unnest(%(id)s::bigint[], %(name)s::text[], %(sex)s::text[], %(born_on)s::date[], %(id_type)s::text[],
              %(id_number_sealed)s::bytea[], %(id_number_index)s::bytea[], %(phone_sealed)s::bytea[],
              %(phone_index)s::bytea[], %(area)s::text[], %(address)s::text[], %(guardian)s::bigint[],
              %(household)s::bigint[], %(post)s::text[], %(synthetic)s::boolean[]) AS row
    ON CONFLICT DO NOTHING
RETURNING id
