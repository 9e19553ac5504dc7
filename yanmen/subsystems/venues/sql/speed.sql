-- Claimed check-ins that contradict another record of the same person: nobody moves that fast over that distance.
-- Looks again at everybody of whom something came in since the last time, so that a late record can decide what was
-- open: answers with what is in doubt now and was not, and with what was in doubt (`doubt`) and is not any more.
-- A record made on the spot wins. Of claimed ones the one that contradicts more others gives way; at a tie neither counts.
WITH standing AS MATERIALIZED (
    SELECT (d.detail ->> 'scan')::uuid AS scan, d.detail ->> 'why' AS why, d.id
    FROM known_facts(%(now)s) d WHERE d.kind = 'venues.scan_doubted'
), fresh AS MATERIALIZED (
    SELECT coalesce(p.same_as_id, p.id) AS person, min(n.occurred_at) - %(look)s AS first_at, max(n.occurred_at) + %(look)s AS last_at
    FROM ({fresh} UNION ALL SELECT * FROM unnest(%(again)s::bigint[], %(again_at)s::timestamptz[])) AS n (person_id, occurred_at)
    JOIN registry_person p ON p.id = n.person_id
    GROUP BY 1
), members AS (
    SELECT fresh.*, fresh.person AS member FROM fresh
    UNION ALL
    SELECT fresh.*, p.id FROM fresh JOIN registry_person p ON p.same_as_id = fresh.person
), claiming AS MATERIALIZED (
    -- Most people have no record that could be in doubt: for them nothing else is read.
    SELECT DISTINCT m.person FROM members m WHERE EXISTS ({claims})
), near AS MATERIALIZED (
    SELECT m.person, m.member, m.first_at, m.last_at, s.*, place.longitude, place.latitude
    FROM members m
    JOIN claiming USING (person)
    CROSS JOIN LATERAL ({around}) s
    JOIN registry_place place ON place.id = s.place_id
    WHERE place.longitude IS NOT NULL AND place.latitude IS NOT NULL AND s.recorded_at <= %(to)s
      AND s.id NOT IN (SELECT unnest(%(other)s::uuid[]) UNION ALL SELECT scan FROM standing WHERE why <> 'speed')
), pairs AS MATERIALIZED (
    SELECT a.id AS scan, b.id AS other, b.claimed AS other_claimed, way.km, way.minutes
    FROM near a
    JOIN near b ON b.person = a.person AND b.id <> a.id AND b.occurred_at BETWEEN a.occurred_at - %(look)s AND a.occurred_at + %(look)s
    CROSS JOIN LATERAL (
        SELECT venues_km(a.longitude, a.latitude, b.longitude, b.latitude) AS km,
               abs(extract(epoch FROM b.occurred_at - a.occurred_at)) / 60 AS minutes
    ) way
    WHERE a.claimed AND way.km > %(least_km)s AND way.km > %(kmh)s * way.minutes / 60
), anchored AS (
    SELECT DISTINCT scan FROM pairs WHERE NOT other_claimed
), rest AS (
    SELECT pairs.scan, pairs.other FROM pairs
    WHERE other_claimed AND scan NOT IN (SELECT scan FROM anchored) AND other NOT IN (SELECT scan FROM anchored)
), against AS (
    SELECT scan, count(*) AS others FROM rest GROUP BY scan
), doubted AS (
    SELECT scan FROM anchored
    UNION
    SELECT rest.scan FROM rest JOIN against mine ON mine.scan = rest.scan JOIN against theirs ON theirs.scan = rest.other
    WHERE mine.others >= theirs.others
), judged AS (
    SELECT DISTINCT ON (near.id) near.id, near.member AS person_id, near.place_id, near.area, near.occurred_at, near.person,
           doubted.scan IS NOT NULL AS in_doubt, pairs.km, pairs.minutes
    FROM near
    LEFT JOIN doubted ON doubted.scan = near.id
    LEFT JOIN pairs ON pairs.scan = near.id AND doubted.scan IS NOT NULL
    WHERE near.claimed AND near.occurred_at BETWEEN near.first_at AND near.last_at
    ORDER BY near.id, pairs.other_claimed, pairs.km DESC
)
SELECT judged.id, judged.person_id, judged.place_id, judged.area, judged.occurred_at, left(p.area, 4) AS home,
       judged.km, judged.minutes, standing.id AS doubt
FROM judged
JOIN registry_person p ON p.id = judged.person
LEFT JOIN standing ON standing.scan = judged.id
WHERE judged.in_doubt <> (standing.id IS NOT NULL)
ORDER BY judged.id
