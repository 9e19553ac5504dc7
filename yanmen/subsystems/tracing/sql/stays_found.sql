-- What a relation of stays says of the people asked about, in whole seconds and no longer than half a day each.
INSERT INTO stays_found (person_id, place_id, area, arrived, left_at, fact_id, via)
WITH asked AS (SELECT subject, member FROM stays_asked)
SELECT said.subject, said.place, said.place_area, date_trunc('second', said.entered_at),
       date_trunc('second', least(said.left_at, said.entered_at + interval '12 hours')), said.evidence[1], coalesce(said.via, '')
FROM (
{relation}
) AS said
WHERE said.left_at >= said.entered_at AND said.entered_at >= %(since)s
