"""Presence: whom one case, a hundred cases and their contacts were with, beside DuckDB, Polars and plain SQL.

Each size is drawn anew (see shared/presence.py) and loaded three times: as the product keeps it (tracing_stay, packed days,
exported days), as one plain PostgreSQL table with a covering index, and as one Parquet file sorted by venue and arrival. A contact
is a pair that was at a venue for ten minutes at once; everybody answers in columns to this process, and the answers are compared.
"""

from __future__ import annotations

import datetime as dt
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from shared import common, presence

SIZES = {
    "1M": (1_000_000, 100_000, 5_000),
    "10M": (10_000_000, 1_000_000, 50_000),
    "100M": (100_000_000, 5_000_000, 250_000),
}
GOALS = {"10M": 10.0, "100M": 100.0}
TOGETHER, CASES, PATIENCE = 600, 100, 60
SINCE = dt.datetime.fromtimestamp(presence.START, dt.UTC)
UNTIL = SINCE + dt.timedelta(days=presence.DAYS + 1)
PLAIN = """
SELECT i.person AS case, o.person, o.place, min(greatest(o.arrive, i.arrive)) AS first, max(least(o.leave, i.leave)) AS last,
       sum(least(o.leave, i.leave) - greatest(o.arrive, i.arrive))::bigint AS seconds, count(*)::bigint AS times
FROM plain i JOIN plain o ON o.place = i.place AND o.arrive BETWEEN i.arrive - 43200 AND i.leave - 600 AND o.leave >= i.arrive + 600
WHERE i.person IN ({people}) AND o.person <> i.person AND least(o.leave, i.leave) - greatest(o.arrive, i.arrive) >= 600
GROUP BY 1, 2, 3
"""
SECOND = """
SELECT DISTINCT b.person
FROM plain b
WHERE b.person NOT IN (SELECT person FROM carriers) AND b.person NOT IN (SELECT person FROM people)
  AND EXISTS (
      SELECT 1 FROM carried c
      WHERE c.place = b.place AND c.at BETWEEN b.arrive - 43200 AND b.leave - 600 AND c.leave >= b.arrive + 600
        AND least(c.leave, b.leave) - greatest(c.at, b.arrive) >= 600)
"""
CARRIED = """
SELECT s.place, greatest(s.arrive, k.since) AS at, s.leave FROM plain s JOIN carriers k ON k.person = s.person
WHERE s.leave - greatest(s.arrive, k.since) >= 600
"""
NAMES = ("case", "person", "place", "first", "last", "seconds", "times")
Answer = dict[str, Any]


def main() -> None:
    arguments = common.options(__doc__.split("\n")[0])
    report = common.Report("bench/tracing.py", arguments.quick)
    packages = ("numpy", "duckdb", "ibis-framework", "pyarrow", *(["polars"] if find_spec("polars") else []))
    report.machine |= {name: common.version(name) for name in packages}
    wanted = [each for each in arguments.only.split(",") if each in SIZES] or (
        ["1M"] if arguments.quick else ["10M", "100M"]
    )
    report.sizes = {f"records of {name}": SIZES[name][0] for name in wanted}
    report.begin()
    with house(arguments.keep) as folder:
        told = {name: Size(name, report, folder).run() for name in wanted}
    if "10M" in told and "100M" in told:
        growth(report, told["10M"], told["100M"])
    report.end(arguments.json)


@contextmanager
def house(keep: Path | None) -> Iterator[Path]:
    """The server of every benchmark, with memory as an operator would give it."""
    from yanmen.base import postgres

    postgres.SETTINGS.update(
        {"shared_buffers": "4GB", "max_wal_size": "16GB", "maintenance_work_mem": "1GB", "checkpoint_timeout": "30min"}
    )
    with common.house(keep) as folder:
        yield folder


class Size:
    """One size: drawn, loaded, asked, compared."""

    def __init__(self, name: str, report: common.Report, folder: Path) -> None:
        self.name, self.report = name, report
        self.records, self.people, self.venues = SIZES[name]
        self.files = folder / "days"
        self.sorted = folder / "sorted.parquet"
        dice = np.random.default_rng(3)
        self.cases = sorted(dice.choice(np.arange(1, self.people + 1), CASES, replace=False).tolist())
        self.runs = 3 if self.records >= 10**8 else 5

    def run(self) -> dict[str, float]:
        common.create("bench_tracing")
        self.load()
        from yanmen.registry.scope import Scope, acting

        self.scope = Scope(None, "tracing.tracer", "14")
        with acting(self.scope):  # a request has one for all it asks
            told = self.one() | self.hundred()
            told |= self.second()
        common.use("postgres")
        common.drop("bench_tracing")
        for file in [self.sorted, *self.files.glob("*")]:
            file.unlink()
        return told

    def load(self) -> None:
        """Draw, and load in the three ways."""
        from yanmen.subsystems.tracing.actions.packing import pack

        spent = {}
        found: list[presence.Presence] = []
        spent["drawing"] = common.seconds(lambda: found.append(presence.draw(self.records, self.people, self.venues)))
        drawn = found[0]
        spent["stays"] = common.seconds(lambda: self._stays(drawn))
        spent["packing"] = common.seconds(lambda: pack(by="bench", now=UNTIL))
        spent["exported days"] = common.seconds(lambda: self._export(drawn))
        spent["plain table"] = common.seconds(lambda: self._plain(drawn))
        spent["sorted Parquet"] = common.seconds(lambda: self._sorted(drawn))
        for what, took in spent.items():
            self.measure(f"loading: {what}", took, "s")
        size = "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) / 1e6 FROM pg_class WHERE relname ~ %s AND relkind = 'r'"
        for what, pattern in (
            ("stays", "^tracing_stay_"),
            ("packed days", "^tracing_crowd$"),
            ("plain table", "^plain$"),
        ):
            self.measure(f"on disk: {what}", float(common.owner(size, pattern)[0][0]), "MB")
        self.measure("on disk: exported days", sum(file.stat().st_size for file in self.files.glob("*")) / 1e6, "MB")
        self.measure("on disk: sorted Parquet", self.sorted.stat().st_size / 1e6, "MB")
        gc.collect()

    def _stays(self, drawn: presence.Presence) -> None:
        """Rows a day; the indexes once they are there."""
        from django.db import connections

        indexes = common.owner(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'tracing_stay'::regclass"
        )
        for index, _ in indexes:
            common.owner(f"DROP INDEX {index}")
        with connections["owner"].cursor() as cursor:
            for day, part in drawn.days():
                cursor.execute("SELECT tracing_make_day(%s)", [day])
                with cursor.copy("COPY tracing_stay FROM STDIN (FORMAT binary)") as sink:
                    for block in presence.stay_rows(drawn, part):
                        sink.write(block)
        for _, definition in indexes:
            common.owner(definition.replace(" ON ONLY ", " ON "))
        common.owner("VACUUM (FREEZE, ANALYZE) tracing_stay")

    def _plain(self, drawn: presence.Presence) -> None:
        from django.db import connections

        common.owner("CREATE TABLE plain (place int4, person int4, arrive int4, leave int4)")
        with connections["owner"].cursor() as cursor, cursor.copy("COPY plain FROM STDIN (FORMAT binary)") as sink:
            for block in presence.plain_rows(drawn):
                sink.write(block)
        common.owner("CREATE INDEX ON plain (place, arrive) INCLUDE (leave, person)")
        common.owner("CREATE INDEX ON plain (person) INCLUDE (place, arrive, leave)")
        common.owner("VACUUM (FREEZE, ANALYZE) plain")
        common.owner("SET work_mem = '1GB'")
        common.owner("VACUUM (FREEZE, ANALYZE) tracing_crowd")

    def _export(self, drawn: presence.Presence) -> None:
        from yanmen.numbers import exports

        for day, part in drawn.days():
            columns = (drawn.place[part], drawn.person[part], drawn.arrived[part], drawn.seconds[part])
            exports.write(self.files, day, exports.stays(*columns))

    def _sorted(self, drawn: presence.Presence) -> None:
        """Written by DuckDB itself: 32-bit columns in the order of place and arrival."""
        import duckdb
        import pyarrow as pa

        drawn_rows = pa.table(
            {
                "place": drawn.place,
                "person": drawn.person,
                "arrive": drawn.arrived,
                "leave": drawn.arrived + drawn.seconds,
            }
        )
        with duckdb.connect(config={"memory_limit": "12GB", "temp_directory": str(self.files)}) as engine:
            engine.register("drawn", drawn_rows)
            engine.execute(
                f"COPY (SELECT * FROM drawn ORDER BY place, arrive) TO '{self.sorted}' (FORMAT parquet, COMPRESSION zstd)"
            )

    def measure(self, name: str, value: float, unit: str, **more: Any) -> None:
        self.report.measure(f"{self.name}: {name}", value, unit, **more)

    # One case

    def one(self) -> dict[str, float]:
        """First-degree contacts of one case at a time, warm: the product, then each of the others."""
        some = self.cases[:10]
        equal = all(same(self.ours([case]), self.plain([case])) for case in some[:5])
        rounds = [[milliseconds(lambda c=case: self.ours([c])) for case in self.cases] for _ in range(2)]
        spent = sorted(took for each in rounds for took in each)
        sizes = [len(self.ours([case])["person"]) for case in some]
        p50, p95 = common.percentile(spent, 0.5), common.percentile(spent, 0.95)
        self.measure(
            "one case: ours", p50, "ms p50", p95=p95, worst=spent[-1], runs=len(spent), contacts=int(np.mean(sizes))
        )
        listed = [milliseconds(lambda c=case: self.listed(c)) for case in some]
        self.measure(
            "one case: ours, as a list of objects with their facts", common.median(listed), "ms p50", runs=len(listed)
        )
        others: dict[str, list[float]] = {}
        for name, ask in self.others().items():
            ask([some[0]])
            others[name] = took = self.one_by_one(ask)
            self.measure(
                f"one case: {name}", common.median(took), "ms p50", p95=common.percentile(took, 0.95), runs=len(took)
            )
            equal &= same(ask([some[1]]), self.ours([some[1]]))
        asked = min(len(took) for took in others.values())  # the same cases of everybody
        told = {name: common.median(took[:asked]) for name, took in others.items()}
        mine = common.median(rounds[1][:asked])
        fastest = min(told, key=lambda name: told[name])
        if self.name in GOALS:
            goal = GOALS[self.name]
            self.ratio("one case, p95 ms", p95, f"≤ {goal:.0f}", p95 <= goal)
        ratio = told[fastest] / mine
        self.ratio(
            f"one case: the fastest of the others ({fastest}) / ours, of {asked} cases", ratio, "≥ 5", ratio >= 5
        )
        self.ratio("one case: answers that differ", int(not equal), "0", equal)
        return {"one": p50} | {f"one {name}": took for name, took in told.items()}

    def one_by_one(self, ask: Callable[[list[int]], Answer]) -> list[float]:
        """Milliseconds a case, in the order of the cases, as long as patience lasts."""
        took: list[float] = []
        for case in self.cases:
            if sum(took) < PATIENCE * 1000:
                took.append(milliseconds(lambda c=case: ask([c])))
        return took

    # A hundred cases

    def hundred(self) -> dict[str, float]:
        """The same for a hundred cases at once."""
        mine = [common.seconds(lambda: self.ours(self.cases)) for _ in range(self.runs)]
        first = self.ours(self.cases)
        self.measure(
            "100 cases: ours (packed days)", common.median(mine), "s", runs=len(mine), contacts=len(first["person"])
        )
        others = {}
        equal = True
        for name, ask in self.others().items() | {"ours through numbers (Ibis on DuckDB)": self.numbers}.items():
            took: list[float] = []
            while len(took) < self.runs and sum(took) < 60:
                found: list[Answer] = []
                took.append(common.seconds(lambda a=ask, to=found: to.append(a(self.cases))))
            equal &= same(found[0], first)
            del found
            others[name] = common.median(took)
            self.measure(f"100 cases: {name}", others[name], "s", runs=len(took))
        others.pop("ours through numbers (Ibis on DuckDB)")
        fastest = min(others, key=lambda name: others[name])
        ratio = others[fastest] / common.median(mine)
        self.ratio(f"100 cases: the fastest of the others ({fastest}) / ours", ratio, "≥ 2", ratio >= 2)
        self.ratio("100 cases: answers that differ", int(not equal), "0", equal)
        return {"hundred": common.median(mine)} | {f"hundred {name}": took for name, took in others.items()}

    # The second degree

    def second(self) -> dict[str, float]:
        """Who was with a contact of a hundred cases, from that contact's own exposure on. The others get a minute each."""
        import ibis
        import pyarrow as pa

        from yanmen.numbers import contacts, engines

        found = self.ours(self.cases)
        carriers = exposure(found, self.cases)
        del found
        answer: list[Any] = []

        def ours() -> None:
            with engines.duckdb(memory="14GB", spill=self.files) as engine:
                stays = engines.read_days(engine, self.files)
                first = ibis.memtable(carriers)
                known = ibis.union(
                    first.select("person"), ibis.memtable(pa.table({"person": pa.array(self.cases, pa.int64())}))
                )
                said = contacts.beyond(stays, first, known, together=TOGETHER)
                answer.append(np.sort(said.to_pyarrow()["person"].to_numpy()))

        mine = common.seconds(ours)
        self.measure(
            "second degree of 100 cases: ours through numbers",
            mine,
            "s",
            runs=1,
            first=len(carriers),
            second=len(answer[0]),
        )
        others: dict[str, float] = {}
        for name, ask in {
            "plain DuckDB on sorted Parquet": self.second_duckdb,
            "plain SQL self-join": self.second_sql,
        }.items():
            told: list[Any] = []
            took = common.seconds(lambda a=ask, to=told: to.append(a(carriers)))
            if told[0] is None:
                self.measure(f"second degree of 100 cases: {name}: stopped after", took, "s")
                continue
            others[name] = took
            self.measure(f"second degree of 100 cases: {name}", took, "s", runs=1)
            self.ratio(
                f"second degree: people by which {name} differs",
                len(np.setxor1d(told[0], answer[0])),
                "0",
                bool(np.array_equal(told[0], answer[0])),
            )
        if others:
            fastest = min(others, key=lambda name: others[name])
            self.ratio(
                f"second degree: the fastest of the others ({fastest}) / ours",
                others[fastest] / mine,
                "≥ 2",
                others[fastest] / mine >= 2,
            )
        return {"second": mine}

    def second_duckdb(self, carriers: Any) -> Any:
        import duckdb
        import pyarrow as pa

        with duckdb.connect(config={"memory_limit": "14GB", "temp_directory": str(self.files)}) as engine:
            engine.execute(f"CREATE VIEW plain AS SELECT * FROM '{self.sorted}'")
            engine.register("carriers", carriers)
            engine.register("people", pa.table({"person": self.cases}))
            timer = threading.Timer(PATIENCE, engine.interrupt)
            timer.start()
            try:
                engine.execute(f"CREATE TABLE carried AS {CARRIED}")
                return np.sort(engine.execute(SECOND).fetchnumpy()["person"])
            except duckdb.InterruptException:
                return None
            finally:
                timer.cancel()

    def second_sql(self, carriers: Any) -> Any:
        import psycopg

        from yanmen.project import database

        with psycopg.connect(database.server().url("bench_tracing")) as engine, suppress(psycopg.errors.QueryCanceled):
            engine.execute(
                "CREATE TEMP TABLE carriers (person int4, since int4); CREATE TEMP TABLE people (person int4)"
            )
            with engine.cursor().copy("COPY carriers FROM STDIN") as sink:
                for person, since in zip(carriers["person"].to_pylist(), carriers["since"].to_pylist(), strict=True):
                    sink.write_row((person, since))
            engine.execute("INSERT INTO people SELECT unnest(%s::int[])", [self.cases])
            engine.execute(f"SET statement_timeout = '{PATIENCE}s'; SET work_mem = '1GB'")
            engine.execute(f"CREATE TEMP TABLE carried AS {CARRIED}")
            engine.execute("CREATE INDEX ON carried (place, at) INCLUDE (leave)")
            engine.execute("ANALYZE carried; ANALYZE carriers; ANALYZE people")
            return np.sort(np.array([person for (person,) in engine.execute(SECOND)]))
        return None

    # Who is asked

    def ours(self, cases: list[int]) -> Answer:
        from yanmen.subsystems.tracing.queries import stays

        found = stays.met_by_all(self.scope, cases, since=SINCE, until=UNTIL, minutes=TOGETHER // 60)
        return {name: getattr(found, name) for name in NAMES}

    def listed(self, case: int) -> Any:
        from yanmen.subsystems.tracing.queries import stays

        return stays.met_by(self.scope, case, since=SINCE, until=UNTIL, minutes=TOGETHER // 60)

    def others(self) -> dict[str, Callable[[list[int]], Answer]]:
        found = {"plain SQL self-join": self.plain, "plain DuckDB on sorted Parquet": self.duckdb}
        return found | ({"Polars streaming": self.polars} if find_spec("polars") else {})

    def plain(self, cases: list[int]) -> Answer:
        """In binary by COPY: the quickest way to columns."""
        from django.db import connections

        people = ", ".join(map(str, cases))
        kind = np.dtype(
            [
                ("n", ">i2"),
                *(
                    (f, t)
                    for name, t in zip(NAMES, (">i4",) * 5 + (">i8",) * 2, strict=True)
                    for f, t in ((f"{name}_", ">i4"), (name, t))
                ),
            ]
        )
        asked = f"COPY ({PLAIN.format(people=people)}) TO STDOUT (FORMAT binary)"
        with connections["owner"].cursor() as cursor, cursor.copy(asked) as source:
            raw = b"".join(bytes(each) for each in source)
        rows = np.frombuffer(raw[len(presence.HEAD) : -2], kind)
        return {name: rows[name] for name in NAMES}

    def duckdb(self, cases: list[int]) -> Answer:
        import duckdb

        if not hasattr(self, "_duckdb"):
            self._duckdb = duckdb.connect(config={"memory_limit": "14GB", "temp_directory": str(self.files)})
            self._duckdb.execute(f"CREATE VIEW plain AS SELECT * FROM '{self.sorted}'")
        return self._duckdb.execute(PLAIN.format(people=", ".join(map(str, cases)))).fetchnumpy()

    def polars(self, cases: list[int]) -> Answer:
        import polars as pl

        rows = pl.scan_parquet(self.sorted)
        own = rows.filter(pl.col("person").is_in(cases)).select("place", case="person", came="arrive", went="leave")
        near = rows.join(own, on="place").with_columns(
            first=pl.max_horizontal("arrive", "came"), last=pl.min_horizontal("leave", "went")
        )
        met = near.filter(pl.col("last") - pl.col("first") >= TOGETHER, pl.col("person") != pl.col("case"))
        lasted = (pl.col("last") - pl.col("first")).cast(pl.Int64).sum()
        said = met.group_by("case", "person", "place").agg(
            first=pl.col("first").min(), last=pl.col("last").max(), seconds=lasted, times=pl.len()
        )
        table = said.collect(engine="streaming")
        return {name: table[name].to_numpy() for name in NAMES}

    def numbers(self, cases: list[int]) -> Answer:
        """The expression that Spark runs, too, on the exported days."""
        import ibis
        import pyarrow as pa

        from yanmen.numbers import contacts, engines

        with engines.duckdb(memory="14GB", spill=self.files) as engine:
            stays = engines.read_days(engine, self.files)
            people = ibis.memtable(pa.table({"person": pa.array(cases, pa.int64())}))
            table = contacts.contacts(stays, people, together=TOGETHER).to_pyarrow()
        return {name: table[name].to_numpy() for name in NAMES}

    def ratio(self, name: str, value: float, goal: str, met: bool) -> None:
        self.report.ratio(f"{self.name}: {name}", value, goal, met)


def exposure(found: Answer, cases: list[int]) -> Any:
    """Each contact once, and the second from which they may pass it on."""
    import pyarrow as pa

    people, which = np.unique(found["person"], return_inverse=True)
    since = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(since, which, found["first"])
    kept = ~np.isin(people, cases)
    return pa.table({"person": pa.array(people[kept], pa.int64()), "since": pa.array(since[kept], pa.int64())})


def same(one: Answer, other: Answer) -> bool:
    """The same rows, in whatever order."""
    if len(one["case"]) != len(other["case"]):
        return False
    columns = []
    for answer in (one, other):
        order = np.lexsort([np.asarray(answer[name]) for name in ("place", "person", "case")])
        columns.append([np.asarray(answer[name])[order].astype(np.int64) for name in NAMES])
    return all(np.array_equal(a, b) for a, b in zip(*columns, strict=True))


def milliseconds(act: Callable[[], Any]) -> float:
    return common.seconds(act) * 1000


def growth(report: common.Report, small: dict[str, float], large: dict[str, float]) -> None:
    """How much longer each takes with ten times the records (and five times the people)."""
    for name in small:
        if name in large:
            report.measure(f"growth from 10M to 100M: {name}", large[name] / small[name], "times")


if __name__ == "__main__":
    sys.path.insert(0, str(common.ROOT))
    main()
