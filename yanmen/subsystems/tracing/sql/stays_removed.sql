-- Stays that no longer are as they were written go, of those that were looked at and of those past their trail; where they were packed, that place and day is read as it stands from now on.
WITH changed AS (
    DELETE FROM tracing_stay AS stay
    USING stays_asked AS asked
    WHERE stay.person_id = asked.member AND (stay.arrived >= %(since)s OR stay.arrived < %(first)s)
      AND NOT EXISTS (
          SELECT FROM stays_found AS found
          WHERE found.fact_id = stay.fact_id
            AND (found.person_id, found.place_id, found.area, found.arrived, found.left_at, found.via)
              = (stay.person_id, stay.place_id, stay.area, stay.arrived, stay.left_at, stay.via)
      )
    RETURNING stay.place_id, stay.arrived
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
