"""Where posts stand on a road network: all ways in closed, or most traffic met. 卡口选址。"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from yanmen.base.refusals import Refusal
from yanmen.subsystems.checkpoints.methods.drawing import draw
from yanmen.subsystems.checkpoints.methods.graphml import Progress as Told
from yanmen.subsystems.checkpoints.methods.graphml import read_graphml
from yanmen.subsystems.checkpoints.methods.plan import COVER, Question, make_plan, proof_lines
from yanmen.subsystems.checkpoints.methods.plan_files import write_plan
from yanmen.subsystems.checkpoints.methods.protected import Protected, circle, point, polygon
from yanmen.subsystems.checkpoints.methods.words import DIRECTIONS

MOST_TRIPS = 200_000
TRIP_COLUMNS = ("from_longitude", "from_latitude", "to_longitude", "to_latitude", "trips")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    plan = acts.add_parser("plan", help="which posts close every way into an area, with the fewest posts")
    plan.add_argument("network", type=Path, metavar="GRAPHML", help="a road network as OSMnx writes it")
    area = plan.add_mutually_exclusive_group(required=True)
    area.add_argument("--inside", metavar="POLYGON", help='a GeoJSON file, or "lon,lat lon,lat lon,lat …"')
    area.add_argument("--centre", metavar="LON,LAT", help="the middle of a circle; needs --radius")
    plan.add_argument("--radius", type=float, metavar="M", help="metres around --centre")
    plan.add_argument(
        "--reach", type=float, default=500, metavar="M", help="how far from the area posts may stand (500)"
    )
    plan.add_argument("--direction", choices=tuple(DIRECTIONS), default="in", help="ways in, ways out, or both")
    plan.add_argument(
        "--forbid",
        default="",
        metavar="LIST",
        help="no post there: kinds of road, names, numbers or OSM ids, by commas",
    )
    plan.add_argument("--vehicles", action="store_true", help="leave out ways on which nobody may drive")
    plan.add_argument("--posts", type=int, default=0, metavar="K", help="only K posts, those that meet most traffic")
    plan.add_argument(
        "--trips", type=Path, metavar="CSV", help=f"with --posts: traffic, columns {', '.join(TRIP_COLUMNS)}"
    )
    plan.add_argument("--base", metavar="LON,LAT", help="where staff start: shows minutes to each post")
    plan.add_argument("--json", type=Path, metavar="FILE", help="write the plan, for the page that opens its posts")
    plan.add_argument("--svg", type=Path, metavar="FILE", help="draw the map")


def run(args: argparse.Namespace) -> int:
    try:
        asked = _question(args)
        with _progress() as told:
            roads = read_graphml(args.network, progress=told)
        plan = make_plan(roads, asked, network=args.network.name)
        _write(args, plan)
    except Refusal as refusal:
        print(f"{refusal.field}: {refusal.value}\n{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{fault.filename}: {fault.strerror}", file=sys.stderr)
        return 1
    _show(plan)
    return 0


def _question(args: argparse.Namespace) -> Question:
    if args.reach < 0 or args.posts < 0:
        field, value = ("reach", args.reach) if args.reach < 0 else ("posts", args.posts)
        raise Refusal("不能为负数。", "This cannot be negative.", field=field, value=str(value))
    return Question(
        area=_area(args),
        reach=args.reach,
        direction=args.direction,
        forbid=tuple(each.strip() for each in args.forbid.split(",") if each.strip()),
        vehicles_only=args.vehicles,
        posts=args.posts,
        base=point(args.base, "base") if args.base else None,
        trips=tuple(_trips(args.trips)) if args.trips else (),
    )


def _area(args: argparse.Namespace) -> Protected:
    if args.centre:
        if args.radius is None:
            raise Refusal("请用 --radius 给出半径（米）。", "Give the radius in metres with --radius.", field="radius")
        return circle(*point(args.centre, "centre"), args.radius)
    if "," in args.inside and not Path(args.inside).is_file():
        return polygon(args.inside)
    return polygon(Path(args.inside).read_text(encoding="utf-8-sig"))


def _trips(path: Path) -> Iterator[tuple[tuple[float, float], tuple[float, float], float]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            if line > MOST_TRIPS:
                raise Refusal("行数过多。", "Too many lines.", field="trips", value=str(MOST_TRIPS))
            yield _trip(row, line)


def _trip(row: Mapping[str, str], line: int) -> tuple[tuple[float, float], tuple[float, float], float]:
    try:
        values = [float(row[name]) for name in TRIP_COLUMNS]
    except (KeyError, TypeError, ValueError):
        values = []
    if not values or values[4] < 0:
        raise Refusal(
            f"第{line}行：须有{'、'.join(TRIP_COLUMNS)}五列数字。",
            f"Line {line}: write numbers under {', '.join(TRIP_COLUMNS)}.",
            field="trips",
            value=",".join(str(each) for each in row.values())[:80],
        )
    start, end = (f"{values[at]},{values[at + 1]}" for at in (0, 2))
    return point(start, "trips"), point(end, "trips"), values[4]


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar on the terminal while a network is read; nothing where there is no terminal."""
    columns = (TextColumn("读取路网 reading roads"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _write(args: argparse.Namespace, plan: Mapping[str, Any]) -> None:
    if args.json:
        args.json.write_text(write_plan(plan), encoding="utf-8")
    if args.svg:
        args.svg.write_text(draw(plan), encoding="utf-8")


def _show(plan: Mapping[str, Any]) -> None:
    network = plan["network"]
    print(f"{network['name']}: {network['crossings']} crossings 路口, {network['segments']} road segments 路段")
    for post in plan["posts"]:
        title = post["name"] or post["ref"] or f"({post['highway']})"
        lanes = f"{post['lanes']}{'' if post['lanes_known'] else '~'} lanes 车道"
        there = f"  {post['minutes']} min" if post.get("minutes") is not None else ""
        where = f"{post['longitude']:.5f},{post['latitude']:.5f}"
        print(f"{post['number']:>4}  {where}  {lanes}  {post['highway']}  {title}{there}")
    lanes = sum(post["lanes"] for post in plan["posts"])
    word = "meet most traffic 查到最多车流" if plan["task"] == COVER else "close every way 封闭全部通路"
    print(f"{len(plan['posts'])} posts 卡口, {lanes} lanes 车道: {word}")
    print("\n".join(proof_lines(plan)))
    if network["ends_inside"]:
        print(f"注意：区域内有{network['ends_inside']}处道路在路网边缘中断，请导出更大的路网。")
        print(f"Mind: {network['ends_inside']} roads of the area leave the map. Export a larger network.")
