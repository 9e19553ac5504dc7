-- What is due today of the guests of a site, or of every site of the asker's areas: how many in all under each head, and the first by room.
-- Who is in without being served today (`unserved`) is listed whole: those are few, and looked at one by one.
WITH here AS MATERIALIZED (
    SELECT s.id, s.person_id, s.needs, coalesce(s.admitted_at, s.assigned_at) AS since,
           row_number() OVER (ORDER BY s.site_id, f.level, r.position, r.number, s.id) AS place
    FROM quarantine_stay s
    JOIN quarantine_room r ON r.id = s.room_id
    JOIN quarantine_floor f ON f.id = r.floor_id
    WHERE s.state = 'admitted' AND s.area >= %(area)s AND s.area < %(area)s || '~' AND (%(site)s::bigint IS NULL OR s.site_id = %(site)s)
), served AS MATERIALIZED (
    SELECT * FROM quarantine_guests_served(%(site)s, %(today)s, %(names)s, %(ranks)s, %(kinds)s)
), tested AS MATERIALIZED (
    SELECT * FROM quarantine_guests_tests(%(site)s, %(today)s, %(now)s, %(tests)s)
), taken AS MATERIALIZED (
    SELECT here.id, count(*) AS many
    FROM here
    JOIN known_quarantine_checked(%(now)s) AS f ON f.person_id = here.person_id AND f.occurred_at >= here.since
    WHERE f.celsius IS NOT NULL AND f.occurred_at >= day_start(%(today)s) AND f.occurred_at < day_start(%(today)s::date + 1)
      AND f.id >= first_id_of(%(today)s::date - 1)
    GROUP BY here.id
), said AS MATERIALIZED (
    SELECT here.id AS stay, f.id, f.kind, f.occurred_at AS at, f.detail, f.occurred_at >= here.since AS here
    FROM known_facts(%(now)s) AS f
    JOIN here ON here.person_id = f.person_id
    WHERE f.kind = ANY (%(told)s)
), looked AS (
    SELECT stay, max(at) AS at FROM said WHERE kind = 'quarantine.seen_by_doctor' AND here GROUP BY stay
), unseen AS (
    SELECT said.stay, count(*) AS many
    FROM said LEFT JOIN looked ON looked.stay = said.stay
    WHERE said.kind = 'quarantine.symptoms_told' AND said.here AND (looked.at IS NULL OR said.at > looked.at)
    GROUP BY said.stay
), needed AS MATERIALIZED (
    SELECT told.stay, count(*) AS many, array_agg(told.detail ->> 'need') AS needs
    FROM said AS told
    WHERE told.kind = 'quarantine.need_told'
      AND NOT EXISTS (SELECT FROM said AS met WHERE met.stay = told.stay AND met.kind = 'quarantine.need_met' AND met.detail ->> 'told' = told.id::text)
    GROUP BY told.stay
), cared AS (
    SELECT here.id AS stay, count(*) AS many
    FROM here
    LEFT JOIN needed ON needed.stay = here.id
    CROSS JOIN LATERAL (SELECT here.needs::text[] || coalesce(needed.needs, '{}') AS words) AS asked
    CROSS JOIN unnest(%(care)s::text[]) AS about (word)
    WHERE asked.words <> '{}' AND (about.word = ANY (asked.words) OR about.word = 'language' AND 'foreign_language' = ANY (asked.words))
      AND NOT EXISTS (
          SELECT FROM said AS talk
          WHERE talk.stay = here.id AND talk.kind = 'quarantine.cared_for' AND talk.here AND talk.detail ->> 'about' = about.word
            AND local_date(talk.at) > %(today)s::date - %(care_days)s::integer)
    GROUP BY here.id
), due AS (
    SELECT 'guests' AS head, id AS stay, place, 1 AS many FROM here
    UNION ALL SELECT 'tests', here.id, place, tested.tests FROM here JOIN tested ON tested.stay = here.id
    UNION ALL SELECT 'temperatures', here.id, place, missing.many
    FROM here LEFT JOIN taken ON taken.id = here.id
    CROSS JOIN LATERAL (SELECT count(*) - coalesce(taken.many, 0) AS many FROM unnest(%(by)s::timestamptz[]) AS hour WHERE hour > here.since AND hour <= %(now)s) AS missing
    WHERE missing.many > 0
    UNION ALL SELECT 'symptoms', here.id, place, unseen.many FROM here JOIN unseen ON unseen.stay = here.id
    UNION ALL SELECT 'needs', here.id, place, needed.many FROM here JOIN needed ON needed.stay = here.id
    UNION ALL SELECT 'care', here.id, place, cared.many FROM here JOIN cared ON cared.stay = here.id
    UNION ALL SELECT 'tomorrow', here.id, place, 1 FROM here JOIN served ON served.stay = here.id WHERE served AND served_tomorrow IS NOT TRUE
    UNION ALL SELECT 'unserved', here.id, place, 1 FROM here JOIN served ON served.stay = here.id WHERE served IS NOT TRUE
), counted AS (
    SELECT head, count(*) AS people, sum(many)::bigint AS matters FROM due GROUP BY head
)
SELECT counted.head, counted.people, counted.matters,
       ARRAY(SELECT due.stay FROM due WHERE due.head = counted.head AND due.head <> 'guests' ORDER BY due.place
             LIMIT CASE WHEN counted.head = 'unserved' THEN NULL ELSE %(shown)s END) AS stays
FROM counted
