-- Tubes of an area in the last day: sampled, released, and those that wait for a result; and what its laboratories can do in a day.
SELECT count(*) FILTER (WHERE t.first_at >= %(since)s)::int AS sampled,
       coalesce(sum(t.members) FILTER (WHERE t.first_at >= %(since)s), 0)::int AS people,
       count(*) FILTER (WHERE t.released_at >= %(since)s AND t.released_at <= %(now)s)::int AS released,
       count(*) FILTER (WHERE t.released_at IS NULL AND t.void_at IS NULL)::int AS waiting,
       (SELECT coalesce(sum(l.tubes_a_day), 0)::int FROM screening_laboratory l
        WHERE l.area >= %(area)s AND l.area < %(area)s || '~' AND l.open_from <= %(now)s
          AND (l.open_to IS NULL OR l.open_to > %(now)s)) AS capacity
FROM screening_tube t
WHERE t.area >= %(area)s AND t.area < %(area)s || '~' AND t.first_at >= %(since)s - interval '3 days' AND t.first_at <= %(now)s
