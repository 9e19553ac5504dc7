"""A town whose tubes wait for their release: persons, bindings, tubes, accepted runs; and the rows that a release writes."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from dataclasses import dataclass, field

from shared import common
from shared.edge_requests import AREA, TUBE

LAB = "140106"
PLATE = 94
NEGATIVES = "loop_bulk_screening_negative"

AREAS = """
INSERT INTO registry_area (code, level, name_zh, name_en, kind, valid_from, population_source)
SELECT code, CASE length(code) WHEN 2 THEN 'province' WHEN 4 THEN 'city' ELSE 'county' END, code, code, 'division', '2020-01-01', ''
FROM unnest(ARRAY['14', '1401', '140105', '140106']) code ON CONFLICT DO NOTHING
"""
PLACES = """
WITH placed AS (
    INSERT INTO registry_place (kind, name_zh, name_en, area, address, created_at)
    VALUES ('sampling_site', 'site', '', %(area)s, '', %(now)s), ('laboratory', 'laboratory', '', %(lab)s, '', %(now)s)
    RETURNING id, kind, area
), site AS (
    INSERT INTO screening_site (place_id, area, kind, desks, hours, open_from, created_at, created_by)
    SELECT id, area, 'fixed', 9, '[]', %(now)s, %(now)s, 'bench' FROM placed WHERE kind = 'sampling_site' RETURNING place_id
), laboratory AS (
    INSERT INTO screening_laboratory (place_id, area, tubes_a_day, hours_a_run, open_from, created_at, created_by)
    SELECT id, area, 100000, 4, %(now)s, %(now)s, 'bench' FROM placed WHERE kind = 'laboratory' RETURNING place_id
)
SELECT site.place_id, laboratory.place_id FROM site, laboratory
"""
PERSONS = """
INSERT INTO registry_person (name, sex, id_type, area, address, post, synthetic, created_at)
SELECT 'synthetic ' || n, '', '', %s, '', '', true, %s FROM generate_series(1, %s) n
"""
BOUND = """
INSERT INTO loop_bulk_screening_bound (id, person_id, place_id, area, occurred_at, recorded_at, recorded_by, tube, position, device)
SELECT (lpad(to_hex((extract(epoch FROM %(at)s::timestamptz) * 1000)::bigint), 12, '0') || '7' || left(hash, 3) || '8'
        || substr(hash, 4, 15))::uuid,
       p.id, %(site)s, %(area)s, %(at)s, %(at)s, 'device:1', 'R' || %(round)s || '-' || (p.n - 1) / 10, (p.n - 1) %% 10 + 1, 1
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM registry_person LIMIT %(people)s) p
CROSS JOIN LATERAL (SELECT md5(%(round)s || '/' || p.n) AS hash) h
"""
RUNS = """
INSERT INTO screening_run (laboratory_id, area, code, instrument, kit, lot, wells, state, loaded_at, loaded_by, measured_at, digest,
                           file_name, receipt, accepted_at, accepted_by, released_by, note)
SELECT %(laboratory)s, %(lab)s, 'R' || %(round)s || '-' || n, 'PCR', 'K', 'L', 96, 'accepted', %(at)s, 'account:1', %(at)s, '', '',
       '{}', %(at)s, 'account:1', '', ''
FROM generate_series(0, (%(tubes)s - 1) / %(plate)s) n ORDER BY n RETURNING id
"""
TUBES = """
INSERT INTO screening_tube (code, area, site_id, capacity, members, first_at, last_at, rack, typed, laboratory_id, lab_area, received_at,
                            condition, run_id, logged_at, measured_at, result, void_why)
SELECT 'R' || %(round)s || '-' || n, %(area)s, %(site)s, 10, 10, %(at)s, %(at)s, '', false, %(laboratory)s, %(lab)s, %(at)s,
       'received', (%(runs)s::bigint[])[1 + n / %(plate)s], %(at)s, %(at)s, '', ''
FROM generate_series(0, %(tubes)s - 1) n
"""
WELLS = """
INSERT INTO screening_well (run_id, position, tube, control, control_lot, targets, result, doubts)
SELECT run_id, chr(65 + (n %% %(plate)s %% 8)::int) || 1 + n %% %(plate)s / 8, code, '', '', '{"ORF1ab": null, "N": null}', 'negative', '[]'
FROM (SELECT code, run_id, row_number() OVER (PARTITION BY run_id ORDER BY code) - 1 AS n FROM screening_tube
      WHERE code LIKE 'R' || %(round)s || '-%%') t
"""


@dataclass
class Town:
    """What waits, round by round."""

    rounds: list[list[int]]
    tubes: int
    spent: list[float] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """Runs to a round: as many transactions."""
        return len(self.rounds[0])

    @property
    def middle_ms(self) -> float:
        """The middle release of one run, in milliseconds."""
        return 1000 * statistics.median(self.spent)

    def release(self, number: int) -> float:
        """Release every run of a round; members told a second."""
        from yanmen.registry.scope import Scope, acting
        from yanmen.subsystems.screening import actions

        scope = Scope(None, "laboratory.reviewer", LAB)
        told = 0
        started = time.perf_counter()
        for run in self.rounds[number]:
            before = time.perf_counter()
            with acting(scope):
                released = actions.release_run(scope=scope, run=run, by="account:2", now=dt.datetime.now(dt.UTC))
            told += released.told
            self.spent.append(time.perf_counter() - before)
        spent = time.perf_counter() - started
        if told != self.tubes * TUBE:
            raise AssertionError(f"{self.tubes * TUBE:,} members, {told:,} told.")
        return told / spent

    def bare(self, number: int) -> float:
        """The rows which that release wrote, written again by hand into the emptied table, in as many transactions."""
        common.owner("DROP TABLE IF EXISTS bench_saved")
        common.owner(
            f"CREATE UNLOGGED TABLE bench_saved AS SELECT n.*, t.run_id AS of_run FROM {NEGATIVES} n"
            " JOIN screening_tube t ON t.code = n.tube WHERE t.run_id = ANY (%s)",
            self.rounds[number],
        )
        common.owner("CREATE INDEX ON bench_saved (of_run)")
        common.owner(f"TRUNCATE {NEGATIVES}")
        columns = "id, person_id, place_id, area, occurred_at, recorded_at, recorded_by, tube, members, laboratory"
        statement = f"INSERT INTO {NEGATIVES} ({columns}) SELECT {columns} FROM bench_saved WHERE of_run = %s"
        started = time.perf_counter()
        for run in self.rounds[number]:
            common.owner(statement, run)
        return self.tubes * TUBE / (time.perf_counter() - started)


def load(tubes: int, *, rounds: int, now: dt.datetime) -> Town:
    """So many tubes a round with ten members each, sampled an hour ago, measured and accepted."""
    common.owner(AREAS)
    about = {"area": AREA, "lab": LAB, "now": now, "tubes": tubes, "plate": PLATE, "people": tubes * TUBE}
    ((site, laboratory),) = _owner(PLACES, about)
    common.owner(PERSONS, AREA, now, tubes * TUBE)
    made = []
    for number in range(rounds):
        at = now - dt.timedelta(minutes=rounds - number)
        about |= {"round": str(number), "at": at, "site": site, "laboratory": laboratory}
        for table in ("loop_bulk_screening_bound", NEGATIVES):
            common.owner("SELECT make_bulk_partition(%s, local_date(%s))", table, at)
        _owner(BOUND, about)
        about["runs"] = [each for (each,) in _owner(RUNS, about)]
        _owner(TUBES, about)
        _owner(WELLS, about)
        made.append(about["runs"])
    common.owner("ANALYZE")
    return Town(made, tubes)


def _owner(statement: str, about: dict[str, object]) -> list[tuple[int, ...]]:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, about)
        return cursor.fetchall() if cursor.description else []
