-- Stays that are not written yet; where that day was packed, its place is read as it stands from now on.
WITH changed AS (
    INSERT INTO tracing_stay (person_id, place_id, area, arrived, left_at, fact_id, via)
    SELECT found.person_id, found.place_id, found.area, found.arrived, found.left_at, found.fact_id, found.via
    FROM stays_found AS found
    WHERE NOT EXISTS (
        SELECT FROM tracing_stay AS stay
        WHERE stay.person_id = found.person_id AND stay.arrived = found.arrived AND stay.fact_id = found.fact_id
    )
    RETURNING place_id, arrived
), loosened AS (
    INSERT INTO tracing_unpacked (day, place_id, since)
    SELECT DISTINCT done.day, changed.place_id, %(now)s::timestamptz
    FROM changed JOIN tracing_packed AS done ON done.day = local_date(changed.arrived)
    ON CONFLICT DO NOTHING
), unpacked AS (
    DELETE FROM tracing_crowd AS crowd USING changed
    WHERE crowd.place_id = changed.place_id AND crowd.longest IN (1, 3, 12)
      AND crowd.first_at >= day_start(local_date(changed.arrived)) AND crowd.first_at < day_start(local_date(changed.arrived) + 1)
)
SELECT count(*) FROM changed
