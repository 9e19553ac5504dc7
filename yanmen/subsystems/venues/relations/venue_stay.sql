-- relation: venue_stay
-- subject: person
-- zh: 场所停留
-- en: Stays in venues
-- facts: presence.scanned, venues.left, venues.scan_doubted
-- column: place bigint | 场所编号 | Number of the place
-- column: place_kind text | 场所类型（空：未登记为场所） | Kind of the venue (empty: not registered as one)
-- column: place_area text | 场所所在地区代码 | Code of the area of the place
-- column: entered_on date | 到访日期 | Day of the visit
-- column: entered_at timestamptz | 到访时刻 | Moment of the check-in
-- column: left_at timestamptz | 停留结束时刻（离场、下一次扫码或默认时长） | Moment the visit ended: on leaving, with the next check-in, or after its usual time
-- column: minutes integer | 停留分钟数 | Minutes from check-in to end
-- column: via text | 登记方式（phone 本人手机、scanner 现场设备、paper 纸质） | How it was recorded: phone, scanner, paper
-- column: claimed boolean | 是否仅由本人手机声明 | Whether only the person's own phone says so
-- column: since_at timestamptz | 登记时刻（时限起点） | Moment it was recorded, from which clocks run
--
-- One row a check-in that counts (see venues_counted): a remote scan has no row. Stays of one person do not overlap.
-- Those that began before `since` are left out; an id is made when the thing happens, or later.
WITH scans AS (
    SELECT asked.subject, scan.id, scan.person_id, scan.place_id, scan.area, scan.occurred_at, scan.recorded_at,
           scan.claimed IS TRUE AS claimed, coalesce(scan.via, '') AS via,
           lead(scan.occurred_at) OVER (PARTITION BY asked.subject ORDER BY scan.occurred_at, scan.id) AS next_at
    FROM asked
    JOIN venues_counted(%(known_at)s) AS scan ON scan.person_id = asked.member
     AND scan.occurred_at >= %(since)s AND scan.id >= first_id_of(local_date(%(since)s) - 1)
), usual AS MATERIALIZED (
    SELECT place_id, day, venues_minutes(place_id, day) AS minutes
    FROM (SELECT DISTINCT place_id, local_date(occurred_at) AS day FROM scans) AS one
), stays AS (
    SELECT scans.*, venues_stay_end(scans.occurred_at, scans.next_at, gone.at, usual.minutes) AS ended_at
    FROM scans
    JOIN usual ON usual.place_id = scans.place_id AND usual.day = local_date(scans.occurred_at)
    CROSS JOIN LATERAL (
        SELECT min(l.occurred_at) AS at FROM known_venues_left(%(known_at)s) AS l
        WHERE l.person_id = scans.person_id AND l.place_id = scans.place_id
          AND l.occurred_at > scans.occurred_at AND l.occurred_at <= scans.occurred_at + interval '12 hours'
    ) AS gone
)
SELECT stays.subject,
       stays.id::text AS reason,
       ARRAY[stays.id] AS evidence,
       local_date(stays.recorded_at) AS known_on,
       stays.place_id AS place,
       venue.kind::text AS place_kind,
       stays.area::text AS place_area,
       local_date(stays.occurred_at) AS entered_on,
       stays.occurred_at AS entered_at,
       stays.ended_at AS left_at,
       (extract(epoch FROM stays.ended_at - stays.occurred_at) / 60)::integer AS minutes,
       stays.via,
       stays.claimed,
       stays.recorded_at AS since_at
FROM stays
LEFT JOIN venues_venue AS venue ON venue.place_id = stays.place_id
