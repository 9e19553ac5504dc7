-- relation: venue_shared
-- subject: person
-- zh: 与病例同时在同一场所
-- en: At a venue at the same time as a case
-- facts: presence.scanned, venues.left, venues.scan_doubted, cases.reported, tracing.contact_found, tracing.general_contact_found
-- column: case_id text | 病例编号 | Key of the case
-- column: place bigint | 场所编号 | Number of the place
-- column: place_kind text | 场所类型（空：未登记为场所） | Kind of the venue (empty: not registered as one)
-- column: met_on date | 同场日期 | Day on which both were there
-- column: minutes_together integer | 同场分钟数 | Minutes for which both were there
-- column: onset_on date | 病例发病日期（无：采样或发现日期） | Day of the case's onset (else of the sample, else of the finding)
-- column: judged boolean | 是否已判定为该病例的接触者 | Whether the person is already judged to be a contact of this case
-- column: since_at timestamptz | 得知时刻（时限起点） | Moment it was known, from which clocks run
--
-- One row a person and case: the last time both stayed there at once. Stays are those of venue_stay, so a remote scan
-- of either has no row. Of the case nothing is evidence here but its key: the person is told of their own visit. Cases
-- reported more than fifteen days ago ask for nothing any more: the measure is over, and so is what edges take in late.
-- Check-ins of either count here once the look was made that wakes for them (wake_near_cases.sql), those of scanners, too.
-- Visits more than fourteen days before the onset are left out: no edition looks back further. OFFSET 0 keeps each look to an
-- index: no plan may read all check-ins of a province.
WITH looked AS MATERIALIZED (
    SELECT max(judging.up_to) AS up_to FROM venues_judging AS judging WHERE judging.at <= %(known_at)s
), cases AS MATERIALIZED (
    SELECT coalesce(told.detail ->> 'case', told.id::text) AS case_id, told.recorded_at,
           coalesce(one.same_as_id, one.id) AS root,
           coalesce((told.detail ->> 'onset_on')::date, (told.detail ->> 'sampled_on')::date, local_date(told.occurred_at)) AS onset_on
    FROM known_facts(%(known_at)s) AS told
    JOIN registry_person AS one ON one.id = told.person_id
    WHERE told.kind = 'cases.reported' AND told.recorded_at > %(known_at)s::timestamptz - interval '15 days'
      AND coalesce(told.detail ->> 'setting', '') <> 're_positive' AND coalesce(told.detail ->> 'disease', '') IN ('', 'covid19')
), theirs AS MATERIALIZED (
    SELECT cases.case_id, scan.id, scan.person_id, scan.place_id, scan.occurred_at
    FROM cases
    CROSS JOIN LATERAL (
        SELECT cases.root AS id UNION ALL SELECT twin.id FROM registry_person AS twin WHERE twin.same_as_id = cases.root
    ) AS member
    CROSS JOIN LATERAL (
        SELECT own.* FROM venues_counted(%(known_at)s) AS own
        WHERE own.person_id = member.id AND own.occurred_at >= day_start(cases.onset_on - 14) OFFSET 0
    ) AS scan
    WHERE scan.recorded_at <= (SELECT up_to FROM looked)
), near AS MATERIALIZED (
    -- First who was near at all, by the records as they are; whether a record counts is asked of these few.
    SELECT DISTINCT asked.subject, scan.id
    FROM asked
    CROSS JOIN LATERAL (
        SELECT own.id, own.place_id, own.occurred_at FROM loop_bulk_presence_scanned AS own WHERE own.person_id = asked.member OFFSET 0
    ) AS scan
    JOIN theirs ON theirs.place_id = scan.place_id
     AND theirs.occurred_at > scan.occurred_at - interval '12 hours' AND theirs.occurred_at < scan.occurred_at + interval '12 hours'
    WHERE EXISTS (SELECT FROM theirs)
), mine AS MATERIALIZED (
    SELECT near.subject, scan.id, scan.person_id, scan.place_id, scan.occurred_at, scan.recorded_at
    FROM near
    CROSS JOIN LATERAL (SELECT own.* FROM venues_counted(%(known_at)s) AS own WHERE own.id = near.id OFFSET 0) AS scan
    WHERE scan.recorded_at <= (SELECT up_to FROM looked)
), mine_to AS MATERIALIZED (
    SELECT mine.*, venues_stay_end(
               mine.occurred_at,
               (SELECT min(next.occurred_at) FROM venues_counted(%(known_at)s) AS next
                WHERE next.person_id = mine.person_id AND next.occurred_at > mine.occurred_at
                  AND next.occurred_at <= mine.occurred_at + interval '12 hours'),
               venues_left_at(mine.person_id, mine.place_id, mine.occurred_at, %(known_at)s),
               venues_minutes(mine.place_id, local_date(mine.occurred_at))
           ) AS ended_at
    FROM mine
), theirs_to AS MATERIALIZED (
    SELECT theirs.*, venues_stay_end(
               theirs.occurred_at,
               (SELECT min(next.occurred_at) FROM venues_counted(%(known_at)s) AS next
                WHERE next.person_id = theirs.person_id AND next.occurred_at > theirs.occurred_at
                  AND next.occurred_at <= theirs.occurred_at + interval '12 hours'),
               venues_left_at(theirs.person_id, theirs.place_id, theirs.occurred_at, %(known_at)s),
               venues_minutes(theirs.place_id, local_date(theirs.occurred_at))
           ) AS ended_at
    FROM theirs WHERE theirs.place_id IN (SELECT place_id FROM mine)
), together AS (
    SELECT mine.subject, mine.id, mine.place_id, mine.recorded_at, cases.case_id, cases.onset_on, cases.recorded_at AS case_at,
           greatest(mine.occurred_at, theirs.occurred_at) AS from_at, least(mine.ended_at, theirs.ended_at) AS to_at
    FROM mine_to AS mine
    JOIN theirs_to AS theirs ON theirs.place_id = mine.place_id
     AND theirs.occurred_at < mine.ended_at AND theirs.ended_at > mine.occurred_at
    JOIN cases ON cases.case_id = theirs.case_id AND cases.root <> mine.subject
)
SELECT DISTINCT ON (together.subject, together.case_id)
       together.subject,
       together.case_id AS reason,
       ARRAY[together.id] AS evidence,
       local_date(greatest(together.case_at, together.recorded_at)) AS known_on,
       together.case_id,
       together.place_id AS place,
       venue.kind::text AS place_kind,
       local_date(together.from_at) AS met_on,
       (extract(epoch FROM together.to_at - together.from_at) / 60)::integer AS minutes_together,
       together.onset_on,
       EXISTS (
           SELECT FROM asked AS again
           JOIN known_facts(%(known_at)s) AS found ON found.person_id = again.member
           WHERE again.subject = together.subject AND found.detail ->> 'case' = together.case_id
             AND found.kind IN ('tracing.contact_found', 'tracing.general_contact_found')
       ) AS judged,
       greatest(together.case_at, together.recorded_at) AS since_at
FROM together
LEFT JOIN venues_venue AS venue ON venue.place_id = together.place_id
WHERE together.to_at > together.from_at
ORDER BY together.subject, together.case_id, together.from_at DESC, together.id
