"""A province under measures: guests in sites, contacts at home, what was told of them; all synthetic, made by statements.

One in five of the people is a close contact and in a site, the others are at home. Their facts were told over the last days, their measures
and tasks stand as the editions say. A few guests wait for a room, were held too long because a test is missing, or went too early.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from shared import common

NOW = dt.datetime.fromisoformat("2022-10-05T08:00:00+00:00")
CALM = NOW - dt.timedelta(days=20)
DAYS, SHARE, HOME, ROOMS = 7, 5, 3, 150
"""Days over which guests came, the share in sites, people behind one door, rooms of a site."""
ID = """(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7' || left(md5({seed}), 3) || '8' || substr(md5({seed}), 4, 15))::uuid"""

AREAS = """
INSERT INTO registry_area (code, level, name_zh, name_en, kind, valid_from, population_source)
SELECT code, CASE length(code) WHEN 2 THEN 'province' WHEN 4 THEN 'city' WHEN 6 THEN 'county' ELSE 'town' END, code, code, 'division', '2020-01-01', ''
FROM (SELECT '14' AS code
      UNION SELECT left(county, 4) FROM unnest(%(counties)s::text[]) county
      UNION SELECT county FROM unnest(%(counties)s::text[]) county
      UNION SELECT county || (100 + town) FROM unnest(%(counties)s::text[]) county, generate_series(0, 9) town) AS named
"""
HOUSEHOLDS = """
INSERT INTO registry_household (area, address, created_at)
SELECT (%(counties)s::text[])[1 + n %% %(many)s] || (100 + n / %(many)s %% 10), '合成路' || n / 40 %% 9 || '号' || n / 12 %% 20 || '栋' || n || '室', %(calm)s
FROM generate_series(0, %(people)s / 3) n
"""
PERSONS = """
INSERT INTO registry_person (name, sex, id_type, area, address, household_id, born_on, post, synthetic, created_at)
SELECT '合成' || n, '', '', h.area, h.address, h.id, '1980-05-01', '', true, %(calm)s
FROM generate_series(0, %(people)s - 1) n JOIN registry_household h ON h.id = 1 + n / 3
"""
DOORS = """
INSERT INTO grid_door (area, household_id, address, building, entrance, floor, room, position, made_at, made_by)
SELECT area, id, address, split_part(address, '栋', 1), '', NULL, id::text, 0, %(calm)s, 'bench' FROM registry_household
"""
PLACES = """
WITH placed AS (
    INSERT INTO registry_place (kind, name_zh, name_en, area, address, longitude, latitude, created_at)
    SELECT 'quarantine_site', county || '第' || n || '隔离点', '', county, '', 111 + (n + length(county)) %% 3, 36 + n %% 2, %(calm)s
    FROM unnest(%(counties)s::text[]) county, generate_series(1, 2) n
    RETURNING id, area
), site AS (
    INSERT INTO quarantine_site (place_id, area, kind, state, ready_hours, languages, dialysis, phone, opened_at, created_at, created_by)
    SELECT id, area, 'hotel', 'open', 24, '{}', false, '', %(calm)s, %(calm)s, 'bench' FROM placed RETURNING place_id, area
), floor AS (
    INSERT INTO quarantine_floor (site_id, area, level, name, zone)
    SELECT place_id, area, level, level || '层', 'observation' FROM site, generate_series(2, 11) level RETURNING id, site_id, area, level
)
INSERT INTO quarantine_room (floor_id, site_id, area, number, beds, features, position, closed_why, state, state_by)
SELECT id, site_id, area, level || lpad(n::text, 2, '0'), 1, '{bathroom,window}', n, '', 'clean', '' FROM floor, generate_series(1, %(rooms)s / 10) n
"""
NAMED = """
CREATE TABLE bench_person AS
SELECT p.id, p.area::text AS area, left(p.area, 6) AS county, abs(hashint8(p.id)) %% %(share)s = 0 AS guest, p.id / %(share)s AS n,
       %(now)s::timestamptz - interval '8 hours' - p.id %% 3600 * interval '1 second' - interval '1 day'
         * CASE WHEN abs(hashint8(p.id)) %% %(share)s > 0 THEN p.id / %(share)s %% %(days)s WHEN p.id / %(share)s %% 400 = 6 THEN 12
                WHEN p.id / %(share)s %% 400 = 206 THEN 9 ELSE p.id / %(share)s %% %(days)s END AS at
FROM registry_person p
"""
CASES = f"""
INSERT INTO loop_fact (id, kind, area, occurred_at, recorded_at, recorded_by, detail)
SELECT {ID.format(at="%(calm)s::timestamptz", seed="'case' || county")}, 'cases.reported', county, %(calm)s, %(calm)s, 'bench',
       jsonb_build_object('kind', 'confirmed', 'setting', 'quarantine', 'case', 'bench-' || county)
FROM unnest(%(counties)s::text[]) county
"""
CONTACTS = f"""
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT {ID.format(at="at", seed="'contact' || id")}, 'tracing.contact_found', id, area, at, at, 'bench',
       jsonb_build_object('case', 'bench-' || county, 'degree', CASE WHEN guest THEN 1 ELSE 2 END, 'high_risk', true, 'via', 'venue',
                          'first_exposed', (at AT TIME ZONE 'Asia/Shanghai')::date - 1, 'last_exposed', (at AT TIME ZONE 'Asia/Shanghai')::date - 1)
FROM bench_person
"""
RESULTS = f"""
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT {ID.format(at="taken", seed="'result' || id || taken")}, 'screening.result', id, area, taken, taken + interval '4 hours', 'bench',
       jsonb_build_object('sample', gen_random_uuid(), 'result', 'negative', 'method', 'nat')
FROM bench_person p, unnest(CASE WHEN guest THEN ARRAY[1, 2, 3, 5, 7] ELSE ARRAY[1, 4, 7] END) d,
     LATERAL (SELECT (((at AT TIME ZONE 'Asia/Shanghai')::date - 1 + d)::timestamp AT TIME ZONE 'Asia/Shanghai') + interval '9 hours' AS taken) t
WHERE taken BETWEEN at AND %(now)s::timestamptz - interval '9 hours' AND NOT (guest AND n %% 200 = 6)
"""
BROUGHT = f"""
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT {ID.format(at="at + interval '2 hours'", seed="'brought' || id")}, 'arrivals.transferred', id, county, at + interval '2 hours', at + interval '2 hours', 'bench',
       '{{"handed_over_by": "bench", "received_by": "bench"}}'::jsonb
FROM bench_person WHERE guest AND n %% 50 <> 0
"""
MEASURES = """
INSERT INTO loop_measure (rule, kind, subject_type, subject, reason, area, state, edition_id, count_from, last_day, known_on, next_change, over_hold, since_at,
                          evidence, imposed_at)
SELECT e.rule, 'contact_follow_up', 'person', p.id, 'bench-' || p.county, p.area, 'in_force', e.id, d.day, d.day + e.days, (p.at AT TIME ZONE 'Asia/Shanghai')::date, d.day + e.days + 1,
       d.day + e.days < local_date(%(now)s), p.at, ARRAY[f.id], p.at
FROM bench_person p
JOIN (SELECT DISTINCT ON (e.rule) e.id, e.rule, max(s.to_day) AS days FROM loop_edition e JOIN loop_edition_stage s ON s.edition_id = e.id
      WHERE e.rule IN ('tracing.close_contact', 'tracing.contact_of_contact') AND e.valid_from <= local_date(%(now)s)
      GROUP BY e.rule, e.valid_from, e.id ORDER BY e.rule, e.valid_from DESC, e.id DESC) e
  ON e.rule = CASE WHEN p.guest THEN 'tracing.close_contact' ELSE 'tracing.contact_of_contact' END
JOIN loop_fact f ON f.person_id = p.id AND f.kind = 'tracing.contact_found'
CROSS JOIN LATERAL (SELECT (p.at AT TIME ZONE 'Asia/Shanghai')::date - 1 AS day) d
"""
TASKS = """
INSERT INTO loop_task (measure_id, kind, ordinal, subject_type, subject, area, role, opens_at, due_at, state, done_by, closed_at)
SELECT m.id, t.kind, t.ordinal, 'person', m.subject, m.area, t.role, d.opens, d.due,
       CASE WHEN f.id IS NOT NULL THEN 'done' WHEN d.due < %(now)s THEN 'failed' ELSE 'open' END, f.id, f.recorded_at
FROM loop_measure m
JOIN loop_edition_task t ON t.edition_id = m.edition_id AND t.day IS NOT NULL
CROSS JOIN LATERAL (SELECT ((m.count_from + t.day)::timestamp AT TIME ZONE 'Asia/Shanghai') AS opens, ((m.count_from + t.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS due) d
LEFT JOIN bench_test f ON f.person_id = m.subject AND f.occurred_at >= d.opens AND f.occurred_at < d.due
"""
STAYS = """
INSERT INTO quarantine_stay (person_id, party, site_id, room_id, area, home_area, "group", measure, needs, during, holds, state, assigned_at,
                             assigned_by, admitted_at, admitted_by, ended_by, why)
SELECT p.id, p.id, r.site_id, r.id, r.area, p.area, 'contact', m.id, CASE WHEN n % 100 = 3 THEN ARRAY['mental'] ELSE '{}' END,
       tstzrange(p.at, ((m.last_stage + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')), tstzrange(p.at, ((m.last_stage + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') + interval '6 hours'), 'admitted', p.at, 'bench',
       p.at + interval '2 hours', 'bench', '', ''
FROM (SELECT *, row_number() OVER (PARTITION BY county ORDER BY id) AS place FROM bench_person WHERE guest AND n % 50 <> 0) p
JOIN (SELECT *, row_number() OVER (PARTITION BY area ORDER BY id) AS place FROM quarantine_room) r ON r.area = p.county AND r.place = p.place
JOIN LATERAL (SELECT m.id, m.count_from + s.to_day AS last_stage FROM loop_measure m JOIN loop_edition_stage s ON s.edition_id = m.edition_id AND s.place = 'central_quarantine'
              WHERE m.subject_type = 'person' AND m.subject = p.id AND m.rule = 'tracing.close_contact' LIMIT 1) m ON true
"""
GONE = """
INSERT INTO quarantine_stay (person_id, party, site_id, room_id, area, home_area, "group", measure, needs, during, holds, state, assigned_at,
                             assigned_by, admitted_at, admitted_by, ended_at, ended_by, why)
SELECT p.id, p.id, r.site_id, r.id, r.area, p.area, 'contact', NULL, '{}', tstzrange(came, went), tstzrange(came, went + interval '6 hours'), 'left',
       came, 'bench', came + interval '2 hours', 'bench', went, 'bench', 'released'
FROM (SELECT *, row_number() OVER (PARTITION BY county ORDER BY id) - 1 AS place FROM bench_person WHERE NOT guest AND id % 5 IN (1, 2)) p
JOIN (SELECT *, row_number() OVER (PARTITION BY area ORDER BY id) - 1 AS place, count(*) OVER (PARTITION BY area) AS many FROM quarantine_room) r
  ON r.area = p.county AND r.place = p.place % r.many
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - interval '16 days' - p.place / r.many * interval '4 days' AS came) a
CROSS JOIN LATERAL (SELECT came + interval '3 days' AS went) b
"""
ADMITTED = f"""
INSERT INTO loop_fact (id, kind, person_id, place_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT {ID.format(at="s.admitted_at", seed="'admitted' || s.id")}, 'quarantine.admitted', s.person_id, s.site_id, s.area, s.admitted_at, s.admitted_at, 'bench',
       jsonb_build_object('stay', s.id, 'room', r.number, 'floor', f.name)
FROM quarantine_stay s JOIN quarantine_room r ON r.id = s.room_id JOIN quarantine_floor f ON f.id = r.floor_id WHERE s.state = 'admitted'
"""
DAY = "SELECT make_bulk_partition('loop_bulk_quarantine_checked', day::date) FROM generate_series(%s::date - 15, %s::date + 1, '1 day') day"
CHECKS = f"""
INSERT INTO loop_bulk_quarantine_checked (id, person_id, place_id, area, occurred_at, recorded_at, recorded_by, stay, celsius, symptoms)
SELECT {ID.format(at="taken", seed="'check' || s.id || taken")}, s.person_id, s.site_id, s.area, taken, taken, 'bench', s.id, 36.4, ''
FROM quarantine_stay s, generate_series(((local_date(s.admitted_at))::timestamp AT TIME ZONE 'Asia/Shanghai') + interval '9 hours', %(now)s, '6 hours') taken
WHERE s.state = 'admitted' AND taken > s.admitted_at AND extract(hour FROM taken AT TIME ZONE 'Asia/Shanghai') IN (9, 15)
  AND NOT (s.id %% 10 = 0 AND taken > day_start(local_date(%(now)s)))
"""
TOLD = f"""
INSERT INTO loop_fact (id, kind, person_id, place_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT {ID.format(at="at", seed="kind || s.id")}, kind, s.person_id, s.site_id, s.area, at, at, 'bench', detail
FROM quarantine_stay s CROSS JOIN LATERAL (VALUES
    (5, 'quarantine.symptoms_told', s.admitted_at + interval '1 hour', '{{"symptoms": "cough", "how": "site"}}'::jsonb),
    (5, 'quarantine.seen_by_doctor', s.admitted_at + interval '2 hours', '{{"judged": "well"}}'::jsonb),
    (7, 'quarantine.symptoms_told', s.admitted_at + interval '1 hour', '{{"symptoms": "cough", "how": "site"}}'::jsonb),
    (9, 'quarantine.need_told', s.admitted_at + interval '1 hour', '{{"need": "medicine", "urgent": false}}'::jsonb)) told (one, kind, at, detail)
WHERE s.state = 'admitted' AND s.id %% 100 = one AND at <= %(now)s
"""
HOMES = f"""
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT {ID.format(at="told", seed="kind || id || told")}, kind, id, area, told, told, 'bench', detail
FROM bench_person, LATERAL (
    SELECT 'quarantine.home_checked', at + interval '3 hours', '{{"fit": true, "own_room": true, "own_bathroom": true, "shared_air": false, "at_risk": false}}'::jsonb
    WHERE id %% 100 <> 1
    UNION ALL
    SELECT 'quarantine.door_visited', visited, '{{"found": true, "celsius": 36.5}}'::jsonb
    FROM generate_series(day_start(local_date(%(now)s)) + interval '10 hours' - interval '2 days', %(now)s, '1 day') visited
    WHERE visited > at + interval '4 hours' AND (visited < day_start(local_date(%(now)s)) OR id %% 3 <> 0)) said (kind, told, detail)
WHERE NOT guest AND told <= %(now)s
"""
VEHICLES = """
INSERT INTO quarantine_vehicle (area, plate, kind, seats, longitude, latitude, created_at, created_by)
SELECT county, '合' || county || n, 'van', 8, 112, 37, %(calm)s, 'bench' FROM unnest(%(counties)s::text[]) county, generate_series(1, 4) n
"""
RUNS = """
INSERT INTO quarantine_run (vehicle_id, area, "group", state, departs_at, back_at, free_at, metres, driver, planned_at, planned_by, disinfected_by)
SELECT v.id, v.area, 'contact', CASE WHEN d = 0 THEN 'planned' ELSE 'done' END, at, at + interval '2 hours', at + interval '3 hours', 9000, '', at, 'bench', ''
FROM quarantine_vehicle v, generate_series(0, 14) d, LATERAL (SELECT %(now)s::timestamptz + interval '1 hour' - d * interval '1 day' AS at) a
"""
TRANSFERS = """
INSERT INTO quarantine_transfer (person_id, party, area, to_area, "group", stay_id, from_text, from_longitude, from_latitude, to_place_id, to_text, to_longitude,
                                 to_latitude, needs, state, requested_at, requested_by, due_at, released_by, approved_by, picked_up_by, received_by, ended_at, ended_by,
                                 why, run_id, arrived_at, approved_at)
SELECT s.person_id, s.party, s.home_area, s.area, 'contact', s.id, '合成', 112, 37, s.site_id, '', 112, 37, '{}'::varchar[], 'arrived', s.assigned_at, 'bench',
       s.assigned_at + interval '8 hours', 'bench', 'bench', 'bench', 'bench', s.admitted_at, 'bench', '',
       (SELECT id FROM quarantine_run r WHERE r.area = s.area LIMIT 1), s.admitted_at, s.assigned_at
FROM quarantine_stay s
UNION ALL
SELECT p.id, p.id, p.area, p.county, 'contact', NULL, '合成', 112, 37, NULL, '', 112, 37, '{}'::varchar[], (ARRAY['requested', 'released', 'approved'])[1 + n %% 3], %(now)s, 'bench',
       %(now)s::timestamptz + (n %% 9 - 2) * interval '1 hour', '', '', '', '', NULL, '', '', NULL, NULL, %(now)s
FROM bench_person p WHERE guest AND n %% 50 = 0
"""
EARLY = """
UPDATE quarantine_stay SET state = 'left', ended_at = during_end, ended_by = 'bench', why = 'released',
       during = tstzrange(lower(during), during_end), holds = tstzrange(lower(holds), during_end + interval '6 hours')
FROM (SELECT id AS gone, greatest(admitted_at + interval '1 hour', %(now)s::timestamptz - interval '3 hours') AS during_end
      FROM quarantine_stay WHERE state = 'admitted' AND id %% 500 = 11 AND upper(during) > %(now)s) e
WHERE id = gone
"""


@dataclass(frozen=True)
class Town:
    """How large the province is."""

    people: int
    counties: tuple[str, ...]

    @property
    def guests(self) -> int:
        """People with a room now."""
        return int(common.owner("SELECT count(*) FROM quarantine_stay WHERE state = 'admitted'")[0][0])


def load(people: int, sites: int, report: common.Report) -> Town:
    """A database of so many people under measures, in use from now on."""
    counties = tuple(f"14{1 + n // 10:02}{21 + n % 10}" for n in range(sites // 2))
    town, name = Town(people, counties), f"bench_quarantine_{people}"
    if common.exists(name):
        common.use(name)
        return town
    common.create("bench_loading")
    about = {
        "counties": list(counties), "many": len(counties), "people": people, "calm": CALM, "now": NOW, "share": SHARE, "days": DAYS,
        "rooms": max(ROOMS, 10),
    }  # fmt: skip
    from yanmen.loop.run import settle

    settle(now=CALM)
    spent = common.seconds(lambda: _told(about))
    report.measure(f"loading {people:,} people and what was told of them", spent, "s")
    report.measure("loading measures and tasks", common.seconds(lambda: _measures(about)), "s")
    report.measure("loading stays, temperatures, transfers", common.seconds(lambda: _stays(about)), "s")
    common.use("postgres")
    with common._admin() as connection:
        connection.execute(f"ALTER DATABASE bench_loading RENAME TO {name}")
    common.use(name)
    return town


def _told(about: dict[str, object]) -> None:
    """Facts as they would stand by now. What is told to edges as results come in is not told of these."""
    common.owner("ALTER TABLE loop_fact DISABLE TRIGGER USER")
    for statement in (
        AREAS,
        HOUSEHOLDS,
        PERSONS,
        DOORS,
        PLACES,
        NAMED,
        "ANALYZE",
        CASES,
        CONTACTS,
        BROUGHT,
        RESULTS,
        HOMES,
        "ANALYZE",
    ):
        _run(statement, about)


def _measures(about: dict[str, object]) -> None:
    """As the loop would make them, which takes it minutes for so many; what it changes afterwards it changes itself."""
    results = "CREATE TABLE bench_test AS SELECT id, person_id, occurred_at, recorded_at FROM loop_fact WHERE kind = 'screening.result'"
    for statement in (MEASURES, results, "ANALYZE", TASKS):
        _run(statement, about)


def _stays(about: dict[str, object]) -> None:
    common.owner("ANALYZE")
    common.owner("ALTER TABLE quarantine_stay DISABLE TRIGGER USER")
    _run(DAY.replace("%s", "%(now)s"), about)
    for statement in (
        STAYS.replace(" % ", " %% "),
        GONE.replace(" % ", " %% "),
        ADMITTED,
        CHECKS,
        TOLD,
        VEHICLES,
        RUNS,
        TRANSFERS,
        EARLY,
    ):
        _run(statement, about)
    common.owner(
        "UPDATE quarantine_room SET state = 'vacated', state_at = now(), vacated_at = now() WHERE position = 15"
    )
    common.owner("ALTER TABLE quarantine_stay ENABLE TRIGGER USER")
    common.owner("ALTER TABLE loop_fact ENABLE TRIGGER USER")
    common.owner("VACUUM ANALYZE")


def _run(statement: str, about: dict[str, object]) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, about)
