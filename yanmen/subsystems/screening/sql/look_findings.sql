-- What may be wrong with the tubes that were looked at. The same finding again changes at most its numbers.
WITH alias AS (
    SELECT DISTINCT l.root, l.root AS person_id FROM looked l WHERE l.is_new AND l.root IS NOT NULL
    UNION
    SELECT p.same_as_id, p.id FROM registry_person p WHERE p.same_as_id IN (SELECT l.root FROM looked l WHERE l.is_new)
), again AS (
    SELECT DISTINCT ON (pair.tube, l.root) l.root, pair.tube, pair.area, pair.place_id, pair.other, pair.minutes
    FROM looked l
    JOIN alias a ON a.root = l.root
    JOIN loop_bulk_screening_bound o ON o.person_id = a.person_id AND o.id <> l.id AND o.recorded_at <= %(to)s
        AND o.id >= first_id_of(%(near)s)
        AND o.occurred_at >= l.occurred_at - %(twice)s AND o.occurred_at <= l.occurred_at + %(twice)s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN later THEN l.tube ELSE o.tube END AS tube, CASE WHEN later THEN o.tube ELSE l.tube END AS other,
               CASE WHEN later THEN l.area ELSE o.area END AS area, CASE WHEN later THEN l.place_id ELSE o.place_id END AS place_id,
               round(abs(extract(epoch FROM l.occurred_at - o.occurred_at)) / 60) AS minutes
        FROM (SELECT (l.occurred_at, l.id) > (o.occurred_at, o.id) AS later) AS which
    ) AS pair
    WHERE l.is_new AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = o.id AND c.recorded_at <= %(to)s)
    ORDER BY pair.tube, l.root, pair.minutes
), taken AS (
    SELECT l.tube, l.position, count(DISTINCT l.root) AS people, max(l.root) AS person
    FROM looked l GROUP BY l.tube, l.position HAVING count(DISTINCT l.root) > 1
), closed AS (
    SELECT l.tube, local_date(l.occurred_at) AS day, count(DISTINCT l.root) AS people, min(l.occurred_at) AS again_at,
           max(l.place_id) AS place_id, max(l.area) AS area, min(t.first_at) AS first_at, min(shut.at) AS shut_at
    FROM looked l
    JOIN screening_tube t ON t.code = l.tube
    CROSS JOIN LATERAL (SELECT least(t.boxed_at, t.sent_at, t.received_at, t.logged_at, t.released_at, t.void_at) AS at) AS shut
    WHERE l.occurred_at > shut.at OR l.occurred_at > t.first_at + %(tube)s
    GROUP BY l.tube, local_date(l.occurred_at)
), spread AS (
    SELECT k.tube FROM looked k GROUP BY k.tube HAVING count(DISTINCT k.place_id) > 1
), apart AS (
    SELECT a.tube, min(abs(extract(epoch FROM a.occurred_at - b.occurred_at))) / 60 AS minutes,
           max(screening_km(p.longitude, p.latitude, q.longitude, q.latitude)) AS km,
           jsonb_agg(DISTINCT a.place_id) || jsonb_agg(DISTINCT b.place_id) AS sites
    FROM spread s
    JOIN looked a ON a.tube = s.tube
    JOIN looked b ON b.tube = s.tube AND b.place_id > a.place_id
    JOIN registry_place p ON p.id = a.place_id JOIN registry_place q ON q.id = b.place_id
    GROUP BY a.tube
), found (kind, tube, area, person, place, key, detail) AS (
    SELECT 'person_twice', tube, area, root, place_id, root::text, jsonb_build_object('other', other, 'minutes', minutes) FROM again
    UNION ALL
    SELECT 'position_taken', x.tube, t.area, x.person, t.site_id, x.position::text,
           jsonb_build_object('position', x.position, 'people', x.people)
    FROM taken x JOIN screening_tube t ON t.code = x.tube
    UNION ALL
    SELECT 'overfull', t.code, t.area, NULL, t.site_id, '', jsonb_build_object('people', t.members, 'holds', t.capacity)
    FROM looked_tube k JOIN screening_tube t ON t.code = k.tube WHERE t.members > t.capacity
    UNION ALL
    SELECT 'tube_reused', tube, area, NULL, place_id, day::text,
           jsonb_build_object('people', people, 'first', first_at, 'again', again_at, 'closed', shut_at) FROM closed
    UNION ALL
    SELECT 'two_sites', x.tube, t.area, NULL, t.site_id, '', jsonb_build_object('sites', x.sites, 'minutes', round(x.minutes))
    FROM apart x JOIN screening_tube t ON t.code = x.tube WHERE x.minutes * 60 <= extract(epoch FROM %(sites)s::interval)
    UNION ALL
    SELECT 'far_apart', x.tube, t.area, NULL, t.site_id, '', jsonb_build_object('sites', x.sites, 'km', round(x.km::numeric, 1))
    FROM apart x JOIN screening_tube t ON t.code = x.tube WHERE x.km > %(km)s
), kept AS (
    INSERT INTO screening_finding AS f (kind, tube, area, person_id, site_id, key, detail, found_at, resolved_by, note)
    SELECT found.kind, found.tube, found.area, found.person, s.place_id, found.key, found.detail, %(now)s, '', ''
    FROM found LEFT JOIN screening_site s ON s.place_id = found.place
    ON CONFLICT (kind, tube, key) DO UPDATE SET detail = excluded.detail
        WHERE f.resolved_at IS NULL AND f.detail <> excluded.detail
    RETURNING f.found_at
)
SELECT (SELECT count(*) FROM looked WHERE is_new), (SELECT count(*) FROM looked_tube),
       (SELECT count(*) FROM kept WHERE kept.found_at = %(now)s)
