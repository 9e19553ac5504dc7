-- relation: help_asked
-- subject: person
-- zh: 待办协查
-- en: Open requests of other areas to trace somebody
-- facts: tracing.help_asked, tracing.help_accepted, tracing.help_returned, tracing.help_answered
-- column: case_id text | 病例编号 | Key of the case
-- column: hop integer | 第几手 | How many areas were asked so far
-- column: from_area text | 发函地区 | Area that asks
-- column: to_area text | 收函地区 | Area that is asked
-- column: degree integer | 1密接，2密接的密接（空：其他） | 1 close contact, 2 contact of a close contact (empty: others)
-- column: last_exposed date | 末次暴露日期 | Day of the last exposure
-- column: asked_on date | 发函日期 | Day on which the area was asked
-- column: since_at timestamptz | 收函时刻（时限起点） | Moment from which the clock runs
-- column: in_charge text | 承办地区 | Area that owes the answer, whatever the register says
--
-- One row a request, hop and person while nobody has answered it and the case stands. An answer about the same person to another
-- request is news: the clock of this one runs from it, a moment later, so that the fact closes its own task and not this one's.
WITH said AS (
    SELECT asked.subject, fact.id, fact.recorded_at, fact.detail
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact ON fact.person_id = asked.member AND fact.kind = 'tracing.help_asked'
    WHERE traced_case_stands(fact.detail ->> 'case', %(known_at)s)
), closed AS (
    SELECT asked.subject, fact.id, fact.occurred_at, fact.detail ->> 'help' AS help, fact.detail ->> 'hop' AS hop
    FROM asked
    JOIN known_facts(%(known_at)s) AS fact
        ON fact.person_id = asked.member AND fact.kind IN ('tracing.help_returned', 'tracing.help_answered')
)
SELECT said.subject,
       (said.detail ->> 'help') || ':' || (said.detail ->> 'hop') AS reason,
       said.id || coalesce(news.ids, '{}') AS evidence,
       local_date(said.recorded_at) AS known_on,
       said.detail ->> 'case' AS case_id,
       (said.detail ->> 'hop')::integer AS hop,
       said.detail ->> 'from_area' AS from_area,
       said.detail ->> 'to_area' AS to_area,
       (said.detail ->> 'degree')::integer AS degree,
       (said.detail ->> 'last_exposed')::date AS last_exposed,
       local_date(said.recorded_at) AS asked_on,
       greatest(said.recorded_at, news.at + interval '1 microsecond') AS since_at,
       said.detail ->> 'to_area' AS in_charge
FROM said
LEFT JOIN LATERAL (
    SELECT array_agg(closed.id ORDER BY closed.id) AS ids, max(closed.occurred_at) AS at
    FROM closed
    WHERE closed.subject = said.subject AND closed.occurred_at >= said.recorded_at
) AS news ON true
WHERE NOT EXISTS (
    SELECT FROM closed
    WHERE closed.subject = said.subject AND closed.help = said.detail ->> 'help' AND closed.hop = said.detail ->> 'hop'
)
