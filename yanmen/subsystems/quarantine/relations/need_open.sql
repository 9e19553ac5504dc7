-- relation: need_open
-- subject: person
-- zh: 未解决的需求
-- en: Needs that nobody has met
-- facts: quarantine.need_told, quarantine.need_met, quarantine.admitted, quarantine.left
-- column: need text | 需求类别 | Kind of need
-- column: urgent boolean | 是否紧急 | Whether it is urgent
-- column: in_site boolean | 是否在隔离点 | Whether the person is in a quarantine site
-- column: told_on date | 提出日期 | Day on which it was told
-- column: since_at timestamptz | 时限起点 | Moment from which the clock runs
-- column: in_charge text | 承办地区 | Area that answers: of the site, or where it was told
--
-- One row a need while no fact says that it was met. Meeting another need of the same person is news: the clock of this one runs from
-- it, a moment later, so that the fact closes its own task and not this one's.
WITH said AS (
    SELECT asked.subject, fact.id, fact.kind, fact.area, fact.occurred_at, fact.recorded_at, fact.detail
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member
    WHERE fact.kind IN ('quarantine.need_told', 'quarantine.need_met', 'quarantine.admitted', 'quarantine.left')
), lodging AS (
    SELECT DISTINCT ON (subject) subject, kind = 'quarantine.admitted' AS in_site, area
    FROM said
    WHERE kind IN ('quarantine.admitted', 'quarantine.left')
    ORDER BY subject, occurred_at DESC, id DESC
)
SELECT told.subject,
       told.id::text AS reason,
       told.id || coalesce(news.ids, '{}') AS evidence,
       local_date(told.recorded_at) AS known_on,
       told.detail ->> 'need' AS need,
       coalesce((told.detail ->> 'urgent')::boolean, false) AS urgent,
       coalesce(lodging.in_site, false) AS in_site,
       local_date(told.occurred_at) AS told_on,
       greatest(told.occurred_at, news.at + interval '1 microsecond') AS since_at,
       CASE WHEN lodging.in_site THEN lodging.area ELSE told.area END::text AS in_charge
FROM said AS told
LEFT JOIN lodging ON lodging.subject = told.subject
LEFT JOIN LATERAL (
    SELECT array_agg(met.id ORDER BY met.id) AS ids, max(met.occurred_at) AS at
    FROM said AS met WHERE met.subject = told.subject AND met.kind = 'quarantine.need_met'
      AND met.occurred_at >= told.occurred_at
) AS news ON true
WHERE told.kind = 'quarantine.need_told'
  AND NOT EXISTS (
    SELECT FROM said AS met
    WHERE met.subject = told.subject AND met.kind = 'quarantine.need_met' AND met.detail ->> 'told' = told.id::text
)
