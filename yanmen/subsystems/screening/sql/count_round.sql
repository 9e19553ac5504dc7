-- How far a round is, part by part: people of the part who were bound anywhere, and people bound at its sites.
WITH bound AS MATERIALIZED (
    SELECT DISTINCT b.person_id, left(b.area, %(length)s) AS here
    FROM loop_bulk_screening_bound b
    WHERE b.id >= first_id_of(%(first)s) AND b.id < first_id_of(%(last)s)
      AND b.occurred_at >= %(opens)s AND b.occurred_at < %(closes)s AND b.recorded_at <= %(now)s AND b.person_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = b.id AND c.recorded_at <= %(now)s)
), people AS (
    SELECT DISTINCT coalesce(p.same_as_id, p.id) AS root
    FROM (SELECT DISTINCT person_id FROM bound) b JOIN registry_person p ON p.id = b.person_id
), home AS (
    SELECT left(p.area, %(length)s) AS area, count(*) AS people
    FROM people JOIN registry_person p ON p.id = people.root
    WHERE p.area >= %(area)s AND p.area < %(area)s || '~' GROUP BY 1
), here AS (
    SELECT b.here AS area, count(DISTINCT b.person_id) AS people FROM bound b WHERE starts_with(b.here, %(area)s) GROUP BY 1
), told AS (
    SELECT part.area, coalesce(h.people, 0) AS home, coalesce(w.people, 0) AS here
    FROM (SELECT area FROM home UNION SELECT area FROM here) AS part
    LEFT JOIN home h USING (area) LEFT JOIN here w USING (area)
), summed AS (
    SELECT coalesce(own.id, rest.id) AS id, sum(t.home) AS home, sum(t.here) AS here
    FROM told t
    LEFT JOIN screening_part own ON own.round_id = %(round)s AND own.area = t.area
    LEFT JOIN screening_part rest ON rest.round_id = %(round)s AND rest.area = %(area)s
    GROUP BY 1
)
UPDATE screening_part part SET sampled = coalesce(s.home, 0), sampled_here = coalesce(s.here, 0), counted_at = %(now)s
FROM screening_part p LEFT JOIN summed s ON s.id = p.id
WHERE part.id = p.id AND p.round_id = %(round)s
