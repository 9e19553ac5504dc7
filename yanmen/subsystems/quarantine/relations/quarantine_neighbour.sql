-- relation: quarantine_neighbour
-- subject: person
-- zh: 与阳性人员同在一个隔离点
-- en: Guests of a site in which somebody was found positive
-- facts: quarantine.admitted, quarantine.moved, quarantine.left
-- column: case_id text | 病例编号 | Key of the case
-- column: site_kind text | 隔离点类型 | Kind of site
-- column: floors_apart integer | 相隔楼层数（0 同层） | Floors between them while both were there (0 the same)
-- column: found_on date | 阳性发现日期 | Day the positive was found
-- column: last_together date | 末次同在日期 | Last day both were there
-- column: environment_on date | 其他房间环境样本首次阳性日期（空：无） | Day of the first positive sample of the surroundings other than of that room (empty: none)
-- column: since_at timestamptz | 知悉时刻（时限起点） | Moment it was known, from which clocks run
--
-- One row a person and case. Where somebody was and when, facts say; the register only says who else is to be looked at.
-- Until the positive has left, the last day together is the day they were found.
WITH said AS (
    SELECT asked.subject, fact.id, fact.kind, fact.occurred_at, fact.recorded_at, fact.detail ->> 'floor' AS floor,
           stay.id AS stay, stay.site_id AS site, stay.room_id AS room
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact
        ON fact.person_id = asked.member AND fact.kind IN ('quarantine.admitted', 'quarantine.moved', 'quarantine.left')
    JOIN quarantine_stay AS stay ON stay.id = (fact.detail ->> 'stay')::bigint
), mine AS MATERIALIZED (
    SELECT said.*, lead(said.occurred_at) OVER (PARTITION BY said.subject, said.stay ORDER BY said.occurred_at, said.id) AS to_at
    FROM said
), cases AS MATERIALIZED (
    SELECT DISTINCT stay.id AS stay, stay.site_id AS site, stay.room_id AS room, stay.person_id,
           report.id, coalesce(report.detail ->> 'case', report.id::text) AS case_id, report.occurred_at, report.recorded_at
    FROM (SELECT DISTINCT site FROM mine) AS near
    JOIN quarantine_stay AS stay ON stay.site_id = near.site AND stay.admitted_at IS NOT NULL
    JOIN known_facts(%(known_at)s) AS report ON report.person_id = stay.person_id AND report.kind = 'cases.reported'
    WHERE coalesce(report.detail ->> 'disease', '') IN ('', 'covid19') AND report.detail ->> 'kind' IN ('confirmed', 'asymptomatic')
      AND report.occurred_at >= stay.admitted_at
), moves AS (
    SELECT cases.stay, cases.case_id, fact.kind, fact.occurred_at AS from_at, fact.detail ->> 'floor' AS floor,
           lead(fact.occurred_at) OVER (PARTITION BY cases.stay, cases.case_id ORDER BY fact.occurred_at, fact.id) AS to_at
    FROM cases
    JOIN known_facts(%(known_at)s) AS fact
        ON fact.person_id = cases.person_id AND fact.kind IN ('quarantine.admitted', 'quarantine.moved', 'quarantine.left')
       AND fact.detail ->> 'stay' = cases.stay::text
), met AS (
    SELECT mine.subject, cases.case_id, cases.id AS report, cases.site, cases.room, mine.id, mine.recorded_at AS mine_at,
           cases.occurred_at AS found_at, cases.recorded_at AS case_at,
           abs(quarantine_level(mine.site, mine.room, mine.floor) - quarantine_level(cases.site, cases.room, moves.floor)) AS apart,
           coalesce(least(mine.to_at, moves.to_at), greatest(cases.occurred_at, mine.occurred_at)) AS last_at
    FROM mine
    JOIN cases ON cases.site = mine.site
    JOIN moves ON moves.stay = cases.stay AND moves.case_id = cases.case_id AND moves.kind <> 'quarantine.left'
    WHERE mine.kind <> 'quarantine.left'
      AND mine.occurred_at < coalesce(moves.to_at, 'infinity') AND moves.from_at < coalesce(mine.to_at, 'infinity')
      AND NOT EXISTS (SELECT FROM asked AS own WHERE own.subject = mine.subject AND own.member = cases.person_id)
), joined AS (
    SELECT met.subject, met.case_id, met.report, met.site, met.room, met.found_at,
           min(met.apart) AS apart, max(met.last_at) AS last_at,
           (array_agg(met.id ORDER BY met.last_at DESC, met.id))[1] AS id,
           greatest(min(met.mine_at), min(met.case_at)) AS known_at
    FROM met
    GROUP BY met.subject, met.case_id, met.report, met.site, met.room, met.found_at
)
SELECT DISTINCT ON (joined.subject, joined.case_id)
       joined.subject,
       joined.case_id AS reason,
       array_remove(ARRAY[joined.id, joined.report, sample.id], NULL) AS evidence,
       local_date(joined.known_at) AS known_on,
       joined.case_id,
       site.kind::text AS site_kind,
       joined.apart::integer AS floors_apart,
       local_date(joined.found_at) AS found_on,
       local_date(joined.last_at) AS last_together,
       local_date(sample.occurred_at) AS environment_on,
       greatest(joined.known_at, sample.recorded_at) AS since_at
FROM joined
JOIN quarantine_site AS site ON site.place_id = joined.site
LEFT JOIN quarantine_room AS room ON room.id = joined.room
LEFT JOIN LATERAL (
    SELECT fact.id, fact.occurred_at, fact.recorded_at
    FROM known_facts(%(known_at)s) AS fact
    WHERE fact.kind = 'quarantine.environment_sampled' AND fact.area = site.area AND fact.place_id = site.place_id
      AND fact.detail ->> 'result' = 'positive' AND fact.detail ->> 'where' IS DISTINCT FROM room.number
      AND fact.occurred_at >= day_start(local_date(joined.found_at))
    ORDER BY fact.occurred_at, fact.id LIMIT 1
) AS sample ON true
ORDER BY joined.subject, joined.case_id, joined.apart NULLS LAST, joined.last_at DESC, joined.id
