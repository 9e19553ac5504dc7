-- People of an area whose strictest place on a day some kind of site serves, without those who surely have what they need: a room of the very
-- kind and group, or a home that every check found fit. Who is left is looked at one by one.
WITH stage AS MATERIALIZED (
    SELECT * FROM quarantine_stages(%(names)s, %(ranks)s, %(kinds)s)
), held AS MATERIALIZED (
    SELECT m.subject AS person,
           max(ARRAY[stage.rank, CASE WHEN span.last IS NULL THEN 10000000 ELSE span.last - date '2000-01-01' END, -m.id, stage.stage,
                     (m.kind = ANY (%(case_kinds)s) OR stage.place = ANY (%(case_places)s))::integer]) AS how
    FROM loop_measure m
    JOIN stage ON stage.edition = m.edition_id
    CROSS JOIN LATERAL (SELECT CASE WHEN stage.is_last AND m.over_hold THEN NULL ELSE m.count_from + stage.to_day END AS last) AS span
    WHERE m.subject_type = 'person' AND m.state = 'in_force' AND m.area >= %(area)s AND m.area < %(area)s || '~'
      AND m.count_from + stage.from_day <= %(day)s AND (span.last IS NULL OR span.last >= %(day)s)
    GROUP BY m.subject
), roomed AS MATERIALIZED (
    SELECT DISTINCT ON (s.person_id) s.person_id AS person, h.kind, s.group
    FROM quarantine_stay s JOIN quarantine_site h ON h.place_id = s.site_id
    WHERE s.state = ANY (%(staying)s)
    ORDER BY s.person_id, s.assigned_at DESC, s.id DESC
), homes AS MATERIALIZED (
    SELECT f.person_id AS person, bool_and(
               coalesce((f.detail ->> 'fit')::boolean, false) AND coalesce(f.detail ->> 'chosen', '') = ''
               AND NOT EXISTS (SELECT FROM unnest(%(must_have)s::text[]) AS word WHERE f.detail ->> word = 'false')
               AND NOT EXISTS (SELECT FROM unnest(%(must_not)s::text[]) AS word WHERE f.detail ->> word = 'true')) AS fit
    FROM known_facts(%(now)s) AS f
    WHERE f.kind = 'quarantine.home_checked'
    GROUP BY f.person_id
)
SELECT held.person
FROM held
JOIN stage ON stage.stage = held.how[4]
LEFT JOIN roomed ON roomed.person = held.person
LEFT JOIN homes ON homes.person = held.person
WHERE (stage.own <> '' OR stage.place = ANY (%(rooms)s))
  AND NOT coalesce(roomed.kind = stage.own AND stage.own <> %(home_kind)s AND stage.voluntary = ''
                   AND roomed.group = CASE held.how[5] WHEN 1 THEN 'case' ELSE 'contact' END, false)
  AND NOT coalesce(stage.own = %(home_kind)s AND homes.fit, false)
