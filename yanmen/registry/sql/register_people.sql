-- register_people: insert many people at once; returns the numbers of those inserted. A document that somebody else
-- registered in the same moment is left to them.
INSERT INTO registry_person (id, name, sex, born_on, id_type, id_number_sealed, id_number_index, phone_sealed,
                             phone_index, area, address, guardian_id, household_id, post, synthetic, created_at)
SELECT row.*, %(now)s
  FROM unnest(%(id)b::bigint[], %(name)b::text[], %(sex)b::text[], %(born_on)b::date[], %(id_type)b::text[],
              %(id_number_sealed)b::bytea[], %(id_number_index)b::bytea[], %(phone_sealed)b::bytea[],
              %(phone_index)b::bytea[], %(area)b::text[], %(address)b::text[], %(guardian)b::bigint[],
              %(household)b::bigint[], %(post)b::text[], %(synthetic)b::boolean[]) AS row
    ON CONFLICT DO NOTHING
RETURNING id
