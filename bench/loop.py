"""The loop: one turn of a million people, one person's turn, memory, bulk facts, trying a policy, the audit.

The facts are synthetic; the policy is that of the packs. A county in which 10 % of the people declared a
stay turns high-risk overnight; beside the turn, a hand-written INSERT … SELECT writes the very same rows.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from shared import common

NOW = dt.datetime.fromisoformat("2022-10-05T02:00:00+00:00")
CALM = NOW - dt.timedelta(days=1)
COUNTY = "140121"
HOMES = ("140202", "140302", "140402", "140502", "140602", "140702", "140802", "140902", "141002", "141102")
PEOPLE, QUICK_PEOPLE = 1_000_000, 30_000
WRITTEN = ("loop_measure", "loop_event", "loop_task", "loop_status")
RULE = Path("rules") / "arrivals" / "from_high_risk_area.yaml"

AREAS = """
INSERT INTO registry_area (code, level, name_zh, name_en, kind, valid_from, population_source)
SELECT code, CASE length(code) WHEN 2 THEN 'province' WHEN 4 THEN 'city' ELSE 'county' END, code, code, 'division', '2020-01-01', ''
FROM (SELECT DISTINCT left(each, digits) AS code FROM unnest(%s::text[]) each CROSS JOIN (VALUES (2), (4), (6)) g (digits)) AS named
"""
PERSONS = """
INSERT INTO registry_person (name, sex, id_type, area, address, post, synthetic, created_at)
SELECT 'synthetic ' || n, '', '', (%s::text[])[1 + n %% 10], '', '', true, %s FROM generate_series(1, %s) n
"""
STAYS = """
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || left(hash, 3) || '8' || substr(hash, 4, 15))::uuid,
       'arrivals.stayed', n, (%(homes)s::text[])[1 + n %% 10], at, at, 'bench',
       jsonb_build_object('origin', CASE WHEN n %% 10 = 0 THEN %(county)s ELSE (%(homes)s::text[])[1 + (n / 10) %% 10] END,
                          'arrived_origin_on', '2022-09-20', 'left_origin_on', to_char(at, 'YYYY-MM-DD'))
FROM (SELECT n, md5(n::text) AS hash, %(calm)s::timestamptz - (n %% 4) * interval '1 day' AS at
      FROM generate_series(1, %(people)s) n) each
"""


def main(arguments: argparse.Namespace) -> None:
    people = QUICK_PEOPLE if arguments.quick else PEOPLE
    report = common.Report("bench/loop.py", arguments.quick)
    report.sizes = {"people": people, "in the county": people // 10}
    wanted = set(filter(None, arguments.only.split(","))) or set(MEASURES)
    report.begin()
    with common.house(arguments.keep):
        template = load(people, report)
        for name in MEASURES:
            if name in wanted:
                MEASURES[name](report, template, people)
    report.end(arguments.json)


def load(people: int, report: common.Report) -> str:
    """A database of so many people, one declared stay each, in line with a calm province."""
    from yanmen.loop.run import settle

    name = f"bench_people_{people}"
    if common.exists(name):
        return name
    common.create("bench_loading")
    common.owner(AREAS, [COUNTY, *HOMES])
    settle(now=CALM)
    spent = common.seconds(lambda: common.owner(PERSONS, list(HOMES), CALM, people))
    spent += common.seconds(lambda: _stays(people))
    _tidy()
    report.measure(f"loading {people:,} people and their stays", spent, "s")
    common.use("postgres")
    with common._admin() as connection:
        connection.execute(f"ALTER DATABASE bench_loading RENAME TO {name}")
    return name


def _stays(people: int) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(STAYS, {"homes": list(HOMES), "county": COUNTY, "calm": CALM, "people": people})


def _tidy() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def outbreak() -> None:
    """The county turns high: one report of wide spread."""
    from django.db import transaction

    from yanmen.loop.facts import record

    with transaction.atomic():
        scope()
        detail = {"kind": "confirmed", "setting": "community", "wide_spread": True, "case": "bench-1"}
        record("cases.reported", area=COUNTY, occurred_at=NOW, by="bench", now=NOW, detail=detail)


def scope() -> None:
    """The application's scope for this transaction: the province."""
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('yanmen.area', '14', true), set_config('yanmen.purpose', 'prevention', true)")


def large_turn(report: common.Report, template: str, people: int) -> None:
    """One county turns high: the turn, beside the bare INSERT … SELECT of the same rows."""
    from yanmen.loop import policies
    from yanmen.loop.run import turn

    spent, bare, rows = [], [], {}
    for _ in range(3):
        common.clone(template, "bench_turn")
        policies.program(NOW.date())  # a worker has compiled the day's policy before
        outbreak()
        spent.append(common.seconds(lambda: turn(now=NOW)))
        rows = {table: common.owner(f"SELECT count(*) FROM {table}")[0][0] for table in WRITTEN}
        bare.append(_bare())
    total, seconds = sum(rows.values()), common.median(spent)
    report.measure("turn that reaches a county", seconds, "s", runs=3, imposed=rows["loop_measure"])
    report.measure("rows written", total, "rows", **rows)
    report.measure("rows written a second", total / seconds, "rows/s")
    report.measure("bare INSERT … SELECT of the same rows", common.median(bare), "s", runs=3)
    ratio = common.median([a / b for a, b in zip(spent, bare, strict=True)])
    report.ratio("turn / bare INSERT … SELECT", ratio, "≤ 3", ratio <= 3)


def _bare() -> float:
    """Write the very same rows with nothing but INSERT … SELECT, in one transaction, into the emptied tables."""
    for table in WRITTEN:
        common.owner(f"CREATE TABLE bench_{table} AS SELECT * FROM {table} ORDER BY id")
        common.owner(f"GRANT SELECT ON bench_{table} TO yanmen_loop")
        common.owner(f"ANALYZE bench_{table}")
    common.owner("TRUNCATE " + ", ".join(WRITTEN))
    common.owner("CHECKPOINT") if _may_checkpoint() else None
    return common.seconds(_insert)


def _insert() -> None:
    from django.db import connections, transaction

    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        for table in WRITTEN:
            cursor.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM bench_{table}")


def _may_checkpoint() -> bool:
    return bool(common.owner("SELECT pg_has_role('pg_checkpoint', 'MEMBER')")[0][0])


def small_turn(report: common.Report, template: str, people: int) -> None:
    """One more person comes from the county: their turn, with everyone else present."""
    from django.db import transaction

    from yanmen.loop.facts import record
    from yanmen.loop.run import turn

    common.clone(template, "bench_turn")
    outbreak()
    turn(now=NOW)
    _tidy()
    runs = 100 if report.quick else 400
    spent = []
    for number in range(runs):
        now = NOW + dt.timedelta(minutes=5, seconds=number)
        with transaction.atomic():
            scope()
            detail = {"origin": COUNTY, "arrived_origin_on": "2022-09-20", "left_origin_on": "2022-10-04"}
            record(
                "arrivals.stayed",
                person=1 + 10 * number + 1,
                area="140202",
                occurred_at=now,
                by="bench",
                now=now,
                detail=detail,
            )
        started = common.time.perf_counter()
        done = turn(now=now)
        spent.append((common.time.perf_counter() - started) * 1000)
        assert (done.subjects, done.imposed) == (1, 1), done
    p50, p95 = common.percentile(spent, 0.5), common.percentile(spent, 0.95)
    report.measure("one person's turn", p50, "ms p50", p95=p95, worst=max(spent), runs=runs)
    report.ratio("one person's turn, p95 ms", p95, "≤ 25", p95 <= 25)


CHECK_INS, CHECK_IN_BATCH = 1_000_000, 10_000
BARE = """
INSERT INTO bench_bare (id, person_id, place_id, area, occurred_at, recorded_at, recorded_by, claimed)
SELECT id, person_id, place_id, area, occurred_at, %(now)s, %(by)s, claimed
FROM unnest(%(ids)s::uuid[], %(persons)s::bigint[], %(places)s::bigint[], %(areas)s::text[], %(occurred)s::timestamptz[],
            %(claimed)s::boolean[]) AS b (id, person_id, place_id, area, occurred_at, claimed)
"""


def bulk(report: common.Report, template: str, people: int) -> None:
    """Check-ins of people whom nothing holds, with a county under measures: beside bare inserts of the same rows."""
    from yanmen.loop.bulk import record_bulk
    from yanmen.loop.run import turn

    common.clone(template, "bench_turn")
    outbreak()
    turn(now=NOW)
    common.owner("CREATE TABLE bench_bare (LIKE loop_bulk_presence_scanned INCLUDING ALL)")
    common.owner("GRANT INSERT ON bench_bare TO yanmen_app")
    _tidy()
    total = people if report.quick else CHECK_INS
    ours, bare = [], []
    for start in range(0, total, CHECK_IN_BATCH):
        batch = [_check_in(n, people) for n in range(start, start + CHECK_IN_BATCH)]
        ours.append(
            common.seconds(
                lambda rows=batch: _store(lambda: record_bulk("presence.scanned", rows, by="bench", now=NOW))
            )
        )
        batch = [_check_in(n, people) for n in range(start, start + CHECK_IN_BATCH)]
        bare.append(common.seconds(lambda rows=batch: _store(lambda: _bare_insert(rows))))
    stored = common.owner("SELECT count(*) FROM loop_bulk_presence_scanned")[0][0]
    dirty = common.owner("SELECT count(*) FROM loop_wake")[0][0]
    assert stored == total == common.owner("SELECT count(*) FROM bench_bare")[0][0]
    report.measure("bulk facts stored", total / sum(ours), "rows/s", rows=stored, batch=CHECK_IN_BATCH)
    report.measure("bare INSERT of the same rows, same client", total / sum(bare), "rows/s")
    report.ratio("people left dirty by bulk facts that matter to nobody", dirty, "0", dirty == 0)
    share = sum(bare) / sum(ours)
    report.ratio("bulk facts / bare INSERT, rate", share, "≥ 0.7", share >= 0.7)


def _check_in(number: int, people: int) -> dict[str, Any]:
    person = 1 + number % people
    person += person % 10 == 0  # those of the county are under a measure
    home = HOMES[person % 10]
    return {"person": person, "place": number % 5000, "area": home, "occurred_at": NOW, "detail": {"claimed": False}}


def _store(act: Any) -> None:
    from django.db import transaction

    with transaction.atomic():
        scope()
        act()


def _bare_insert(rows: list[dict[str, Any]]) -> None:
    from django.db import connections

    from yanmen.base.ids import uuid7s

    values: dict[str, Any] = {"now": NOW, "by": "bench", "ids": uuid7s(NOW, len(rows))}
    names = {"persons": "person", "places": "place", "areas": "area", "occurred": "occurred_at"}
    values |= {array: [row[name] for row in rows] for array, name in names.items()}
    values["claimed"] = [row["detail"]["claimed"] for row in rows]
    with connections["default"].cursor() as cursor:
        cursor.execute(BARE, values)


def memory(report: common.Report, template: str, people: int) -> None:
    """The worker's memory as people grow a hundredfold, every tenth of them reached by its turn."""
    sizes = [people // 100, people // 10, people]
    peaks = []
    for size in sizes:
        common.clone(load(size, report), "bench_turn")
        outbreak()
        told = subprocess.run([sys.executable, __file__, "--worker"], check=True, capture_output=True, text=True)
        peaks.append(int(told.stdout.split()[-1]) / 1024)
        report.measure(f"worker's memory, {size:,} people", peaks[-1], "MB at its peak")
    growth = peaks[-1] / peaks[0]
    report.ratio(f"memory, {sizes[-1]:,} people / {sizes[0]:,}", growth, "≤ 1.1", growth <= 1.1)


def worker() -> None:
    """A process that turns the loop once and says how much memory it took."""
    sys.path.insert(0, str(common.ROOT))
    import django

    django.setup()
    from yanmen.project.cli import load_catalogue

    load_catalogue()
    common.use("bench_turn")
    from yanmen.loop.run import turn

    turn(now=NOW)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def trial(report: common.Report, template: str, people: int) -> None:
    """Trying a pack in which the national rule for the county's people is two days longer."""
    from yanmen.loop.run import turn
    from yanmen.loop.trial import try_pack
    from yanmen.project.discovery import pack_folders

    common.clone(template, "bench_turn")
    outbreak()
    turn(now=NOW)
    _tidy()
    folder = Path(common.os.environ["YANMEN_HOME"]) / "tried"
    shutil.rmtree(folder, ignore_errors=True)
    folders = [Path(shutil.copytree(each, folder / each.name)) for each in pack_folders()]
    rule = next(each / RULE for each in folders if (each / RULE).exists())
    rule.write_text(
        rule.read_text("utf-8").replace("days: 7, tests: [1, 2, 3, 5, 7]", "days: 9, tests: [1, 2, 3, 5, 9]"), "utf-8"
    )
    told: dict[str, Any] = {}
    spent = common.seconds(lambda: told.update(try_pack(folders, now=NOW)))
    changed = sum(row["subjects"] for row in told["changes"])
    report.measure("policy try", spent, "s", looked_at=told["looked_at"], would_change=changed)


def audited(report: common.Report, template: str, people: int) -> None:
    """The audit recomputes everybody's state from the facts."""
    from yanmen.loop.audit import audit
    from yanmen.loop.run import turn

    common.clone(template, "bench_turn")
    outbreak()
    turn(now=NOW)
    _tidy()
    told: dict[str, Any] = {}
    spent = common.seconds(lambda: told.update(audit(now=NOW)))
    report.measure("audit", spent, "s", facts=told["counts"]["facts"], breaks=len(told["breaks"]))
    report.ratio("breaks found by the audit", len(told["breaks"]), "0", not told["breaks"])


MEASURES = {"large": large_turn, "small": small_turn, "bulk": bulk, "memory": memory, "try": trial, "audit": audited}

if __name__ == "__main__":
    if sys.argv[1:] == ["--worker"]:
        worker()
    else:
        main(common.options(__doc__.split("\n", 1)[0]))
