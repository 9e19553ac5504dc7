-- Stays that no longer are as they were written.
DELETE FROM tracing_stay AS stay
USING stays_asked AS asked
WHERE stay.person_id = asked.member
  AND NOT EXISTS (
      SELECT FROM stays_found AS found
      WHERE found.fact_id = stay.fact_id
        AND (found.person_id, found.place_id, found.area, found.arrived, found.left_at, found.via)
          = (stay.person_id, stay.place_id, stay.area, stay.arrived, stay.left_at, stay.via)
  )
