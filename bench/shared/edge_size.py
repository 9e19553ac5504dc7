"""An image of a large province: what it takes in memory and on the disk, and how soon an edge serves with it."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

from shared import common, edge_load
from shared.edge_bench import READERS, WORKERS, Bench, the_edge
from shared.edge_house import Memory
from shared.edge_requests import PEOPLE

SYNTHETIC = """
CREATE OR REPLACE FUNCTION edge_people() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT {people}::bigint';
CREATE OR REPLACE FUNCTION edge_statuses(after bigint) RETURNS TABLE (person bigint, value text, version bigint)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT n, CASE n %% 10 WHEN 0 THEN 'red' ELSE 'yellow' END, 1::bigint FROM generate_series(1, {people}, 91) n WHERE after = 0
$$;
CREATE OR REPLACE FUNCTION edge_negatives() RETURNS TABLE (person bigint, sampled_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT n, now() - n %% 4320 * interval '1 minute' FROM generate_series(1, {people}) n WHERE n %% 3 > 0
$$
"""


def size(bench: Bench) -> None:
    """Memory of the workers on the image of 35 million, and three starts."""
    again = bench.requests("again", bench.devices.code_reads(bench.devices.people(50_000 if bench.quick else 200_000)))
    with the_edge(bench.house) as (url, pid):
        edge_load.wrk(url, again, connections=READERS, seconds=2 if bench.quick else 5)
        memory = Memory.of(pid)
    files = sum(path.stat().st_blocks * 512 for path in bench.house.image.iterdir()) / 2**20
    bench.report.measure("image on the disk", files, "MB", people=PEOPLE)
    bench.report.measure("memory of all workers", memory.own, "MB of their own", workers=WORKERS, mapped=memory.mapped)
    bench.report.measure("start from the files", _start(bench), "s", people=PEOPLE)
    _forget(bench.house.image)
    bench.report.measure("start from the files, none of them in memory", _start(bench), "s")
    _from_database(bench)


def _start(bench: Bench) -> float:
    """Seconds from the start of the process until it has its image and its database."""
    started = time.perf_counter()
    with the_edge(bench.house):
        return time.perf_counter() - started


def _forget(image: Path) -> None:
    """Let the kernel drop the files from memory."""
    os.sync()
    for path in image.iterdir():
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _from_database(bench: Bench) -> None:
    """A first start: everybody over the wire. The rows are made by generate_series and not read from tables."""
    from yanmen.project import database

    people = PEOPLE // 35 if bench.quick else PEOPLE
    elsewhere = bench.house.folder / "first-image"
    shutil.rmtree(elsewhere, ignore_errors=True)
    common.owner(SYNTHETIC.format(people=people).replace("%%", "%"))
    try:
        spent = _start(replace(bench, house=replace(bench.house, image=elsewhere)))
        rows = people // 91 + people * 2 // 3
        told = {"people": people, "rows": rows, "a_second": rows / spent}
        bench.report.measure("first start from the database", spent, "s", **told)
    finally:
        database.secure()
