-- Needs of some people that nobody has met, oldest first.
SELECT told.id, told.person_id AS person, told.occurred_at AS at, told.detail
FROM known_facts(%(now)s) AS told
WHERE told.person_id = ANY (%(people)s) AND told.kind = 'quarantine.need_told'
  AND NOT EXISTS (
      SELECT FROM known_facts(%(now)s) AS met
      WHERE met.person_id = told.person_id AND met.kind = 'quarantine.need_met' AND met.detail ->> 'told' = told.id::text
  )
ORDER BY told.occurred_at, told.id
