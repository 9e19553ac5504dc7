-- Stays that are not written yet.
INSERT INTO tracing_stay (person_id, place_id, area, arrived, left_at, fact_id, via)
SELECT found.person_id, found.place_id, found.area, found.arrived, found.left_at, found.fact_id, found.via
FROM stays_found AS found
WHERE NOT EXISTS (
    SELECT FROM tracing_stay AS stay
    WHERE stay.person_id = found.person_id AND stay.arrived = found.arrived AND stay.fact_id = found.fact_id
)
