-- Whom one person met: stays at the same place that overlap for long enough, a row a person and place.
WITH own AS MATERIALIZED (
    SELECT place_id, greatest(arrived, %(since)s) AS arrived, least(left_at, %(until)s) AS left_at, fact_id
    FROM tracing_stay
    WHERE person_id = ANY (%(group)s) AND arrived >= %(since)s - interval '12 hours' AND arrived < %(until)s
      AND area >= %(area)s AND area < %(area)s || '~'
), met AS (
    SELECT other.person_id, other.place_id, greatest(own.arrived, other.arrived) AS from_at, least(own.left_at, other.left_at) AS to_at,
           own.fact_id AS own_fact, other.fact_id AS other_fact
    FROM own
    CROSS JOIN LATERAL (
        SELECT stay.* FROM tracing_stay AS stay
        WHERE stay.place_id = own.place_id
          AND stay.arrived >= own.arrived - interval '12 hours' AND stay.arrived <= own.left_at - %(together)s::interval
          AND stay.left_at >= own.arrived + %(together)s::interval
          AND stay.area >= %(area)s AND stay.area < %(area)s || '~'
        OFFSET 0
    ) AS other
    WHERE other.person_id <> ALL (%(group)s) AND own.left_at - own.arrived >= %(together)s::interval
)
SELECT met.person_id, met.place_id, min(met.from_at), max(met.to_at),
       floor(sum(extract(epoch FROM met.to_at - met.from_at)) / 60)::integer,
       count(*), array_agg(DISTINCT met.own_fact) || array_agg(DISTINCT met.other_fact)
FROM met
WHERE met.to_at - met.from_at >= %(together)s::interval
GROUP BY met.person_id, met.place_id
ORDER BY sum(met.to_at - met.from_at) DESC, met.person_id, met.place_id
