-- The stays of a day (at some places, or all), a place after the other, as fixed columns.
COPY (
    SELECT place_id, rpad(area, 12)::text, person_id, date_part('epoch', arrived)::bigint,
           date_part('epoch', left_at - arrived)::integer, fact_id
    FROM tracing_stay
    WHERE arrived >= day_start(%(day)s) AND arrived < day_start(%(day)s + 1)
      AND (%(places)s::bigint[] IS NULL OR place_id = ANY (%(places)s::bigint[]))
    ORDER BY place_id
) TO STDOUT (FORMAT binary)
