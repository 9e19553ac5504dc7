"""Published vehicle routing problems, to see how far our planning is from the best known: CVRPLIB and Solomon files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from yanmen.base.refusals import Refusal

SOLOMON_SCALE = 1_000
"""Solomon's distances are real numbers: they are counted in thousandths, and times are kept in the same unit."""
COLUMNS = 7


@dataclass(frozen=True)
class Solved:
    """What was found for a file: its cost, vehicles, the best known cost where it is told beside it, and what does not hold."""

    name: str
    cost: float
    vehicles: int
    best_known: float | None
    faults: tuple[str, ...]

    @property
    def gap(self) -> float | None:
        """How much dearer than the best known, as a share of it."""
        return None if self.best_known is None else self.cost / self.best_known - 1


def solve_file(path: Path, *, seconds: float, seed: int = 1) -> Solved:
    """Search one file for so many seconds. The best known cost is read from a `.sol` file of the same name beside it."""
    text = path.read_text("utf-8")
    solomon = "CUST NO" in text
    try:
        data: Any = read_solomon(text) if solomon else pyvrp.read(path, round_func="round")
    except (ValueError, TypeError, KeyError, IndexError, RuntimeError, StopIteration) as fault:
        raise Refusal(
            "这不是CVRPLIB或Solomon格式的文件。",
            "This is no file in the format of CVRPLIB or Solomon.",
            field="file",
            value=path.name,
        ) from fault
    scale = SOLOMON_SCALE if solomon else 1
    best = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False).best
    routes = [_visits(route) for route in best.routes()]
    cost, faults = retold(data, routes)
    return Solved(path.stem, cost / scale, len(routes), _best_known(path.with_suffix(".sol")), tuple(faults))


def read_solomon(text: str) -> Any:
    """A file of Solomon (Operations Research 35, 1987): vehicles and capacity, then a line a customer, the first the depot."""
    lines = [line.split() for line in text.splitlines()]
    sizes = next(line for line in lines if len(line) == 2 and all(each.isdigit() for each in line))
    rows = [[float(each) for each in line] for line in lines if len(line) == COLUMNS and _figures(line)]
    places = np.array([[row[1], row[2]] for row in rows])
    apart = np.linalg.norm(places[:, None] - places[None, :], axis=2) * SOLOMON_SCALE
    metres = np.rint(apart).astype(np.int64)
    scaled = [[round(each * SOLOMON_SCALE) for each in row[4:]] for row in rows]
    locations = [pyvrp.Location(x, y) for x, y in places]
    depot = pyvrp.Depot(0, tw_early=scaled[0][0], tw_late=scaled[0][1])
    clients = [
        pyvrp.Client(number, delivery=[int(row[3])], tw_early=early, tw_late=late, service_duration=service)
        for number, (row, (early, late, service)) in enumerate(zip(rows, scaled, strict=True))
        if number
    ]
    vans = pyvrp.VehicleType(int(sizes[0]), [int(sizes[1])])
    return pyvrp.ProblemData(locations, clients, [depot], [vans], [metres], [metres])


def retold(data: Any, routes: list[list[int]]) -> tuple[int, list[str]]:
    """The cost of routes from one depot, and what does not hold of them, reckoned here and not by the solver."""
    metres, seconds = data.distance_matrix(0), data.duration_matrix(0)
    capacity, home = data.vehicle_type(0).capacity[0], data.depot(0)
    faults, cost = [], 0
    counted = sorted(each for route in routes for each in route)
    if counted != list(range(data.num_clients)):
        faults.append("not everybody is visited once")
    if len(routes) > data.vehicle_type(0).num_available:
        faults.append("more vehicles than there are")
    for number, route in enumerate(routes, 1):
        if sum(data.client(each).delivery[0] for each in route) > capacity:
            faults.append(f"route {number}: more than a vehicle holds")
        moment, here = home.tw_early, home.location
        for each in route:
            client = data.client(each)
            cost += int(metres[here, client.location])
            moment = max(moment + int(seconds[here, client.location]), client.tw_early)
            if moment > client.tw_late:
                faults.append(f"route {number}: a window is missed by {moment - client.tw_late}")
            moment, here = moment + client.service_duration, client.location
        cost += int(metres[here, home.location])
        if moment + int(seconds[here, home.location]) > home.tw_late:
            faults.append(f"route {number}: back too late")
    return cost, faults


def _visits(route: Any) -> list[int]:
    return [act.idx for act in route.schedule() if act.is_client()]


def _best_known(path: Path) -> float | None:
    if not path.is_file():
        return None
    found = re.search(r"^Cost\s+([0-9.]+)", path.read_text("utf-8"), re.MULTILINE)
    return float(found[1]) if found else None


def _figures(line: list[str]) -> bool:
    return all(re.fullmatch(r"-?\d+(\.\d+)?", each) for each in line)
