"""Counters of one process in Prometheus' text format."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
ROWS = (1, 3, 10, 30, 100, 300, 1000, 3000)


class Histogram:
    """How often a value fell below each bound."""

    def __init__(self, bounds: Iterable[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def lines(self, name: str) -> Iterable[str]:
        yield f"# TYPE {name} histogram"
        so_far = 0
        for bound, count in zip((*self.bounds, "+Inf"), self.counts, strict=True):
            so_far += count
            yield f'{name}_bucket{{le="{bound}"}} {so_far}'
        yield f"{name}_sum {self.total:.6f}"
        yield f"{name}_count {so_far}"


class Metrics:
    """What happened since the process started."""

    def __init__(self) -> None:
        self.answers: dict[str, dict[int, int]] = {}
        self.records = {"kept": 0, "repeated": 0, "refused": 0}
        self.commits = Histogram(SECONDS)
        self.batches = Histogram(ROWS)

    def door(self, name: str) -> dict[int, int]:
        """The answers of one door by status; the door counts in it."""
        return self.answers.setdefault(name, {})

    def committed(self, rows: int, seconds: float) -> None:
        """A transaction returned."""
        self.commits.add(seconds)
        self.batches.add(rows)

    def text(self, gauges: dict[str, float]) -> bytes:
        """Everything, with what can be read off at this moment."""
        lines = ["# TYPE yanmen_edge_answers_total counter"]
        for door, by_status in sorted(self.answers.items()):
            for status, count in sorted(by_status.items()):
                lines.append(f'yanmen_edge_answers_total{{door="{door}",status="{status}"}} {count}')
        lines.append("# TYPE yanmen_edge_records_total counter")
        for told, count in self.records.items():
            lines.append(f'yanmen_edge_records_total{{told="{told}"}} {count}')
        lines += self.commits.lines("yanmen_edge_commit_seconds")
        lines += self.batches.lines("yanmen_edge_commit_records")
        for name, value in gauges.items():
            lines += [f"# TYPE yanmen_edge_{name} gauge", f"yanmen_edge_{name} {value:g}"]
        return "\n".join([*lines, ""]).encode()
