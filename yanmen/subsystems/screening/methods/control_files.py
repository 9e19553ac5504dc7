"""Values of controls in a CSV file, judged run by run: for a laboratory that keeps its controls elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from yanmen.base.refusals import Refusal
from yanmen.subsystems.screening.methods.instrument_files import ct_of
from yanmen.subsystems.screening.methods.westgard import Judged, Point, judge, z_score

COLUMNS = ("run", "control", "lot", "target", "value", "mean", "sd")


@dataclass(frozen=True)
class RunJudged:
    """What the rules say about one target of one run."""

    run: str
    target: str
    judged: Judged


def judge_file(content: str, rules: Iterable[str]) -> list[RunJudged]:
    """Judge every run of a file, oldest first. A lot begins its own sequence; a line that cannot be read refuses the file."""
    rules = tuple(rules)
    reader = csv.DictReader(io.StringIO(content.lstrip("\ufeff")))
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise Refusal(
            f"须有{'、'.join(COLUMNS)}各列。", f"Write the columns {', '.join(COLUMNS)}.", field="file", value=",".join(reader.fieldnames or ())[:80]
        )  # fmt: skip
    points: dict[str, list[tuple[str, Point]]] = {}
    for row in reader:
        level = f"{row['control']}/{row['lot']}"
        z = z_score(*_numbers(row, reader.line_num))
        points.setdefault(row["target"], []).append((row["run"], Point(row["run"], level, z)))
    return [
        RunJudged(run, target, _judged(run, [point for _, point in found], rules))
        for target, found in points.items()
        for run in dict.fromkeys(run for run, _ in found)
    ]


def _judged(run: str, points: list[Point], rules: tuple[str, ...]) -> Judged:
    last = max(at for at, point in enumerate(points) if point.run == run)
    levels = {point.level for point in points if point.run == run}
    return judge([point for point in points[: last + 1] if point.level in levels], rules)


def _numbers(row: dict[str, str], line: int) -> tuple[float, float, float]:
    try:
        value, mean, deviation = (ct_of(row[name] or "") for name in ("value", "mean", "sd"))
    except Refusal as fault:
        raise Refusal(
            f"第{line}行：{fault.zh}", f"Line {line}: {fault.en}", field="value", value=fault.value
        ) from fault
    if value is None or mean is None or deviation is None:
        raise Refusal(f"第{line}行缺少数值。", f"Line {line} lacks a number.", field="value", value=row["run"][:20])
    return value, mean, deviation
