"""Reading a road network from GraphML as OSMnx writes it: a directed multigraph with x, y, length, oneway, osmid.

The file is read as a stream, bounded in size and depth; a document type declaration is refused, so no entity expands.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil, isfinite
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

import numpy as np

from yanmen.base.refusals import Refusal
from yanmen.subsystems.checkpoints.methods.roads import Roads, Segment, usual_lanes, usual_speed

CHUNK = 1 << 20
MOST_TEXT = 1 << 20
MOST_ELEMENTS = 5_000_000
MOST_LANES = 20

Progress = Callable[[int, int], None]


@dataclass
class _Element:
    kind: str
    attributes: dict[str, str]
    line: int
    data: dict[str, str] = field(default_factory=dict)


def read_graphml(path: Path, *, progress: Progress | None = None) -> Roads:
    """The network of a file; `progress` hears bytes read and bytes in all. Refuses what is no such file."""
    reader = _Reader(path.name)
    total = path.stat().st_size
    with path.open("rb") as file:
        reader.read(file, lambda done: progress(done, total) if progress else None)
    return reader.roads()


class _Reader:
    """Takes the elements of one file in turn."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.keys: dict[str, str] = {}
        self.nodes: dict[str, tuple[float, float]] = {}
        self.streets: list[int] = []
        self.edges: list[_Element] = []
        self.graph: dict[str, str] | None = None
        self.crs = ""
        self._open: _Element | None = None
        self._key = ""
        self._text: list[str] = []
        self._size = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def read(self, file: BinaryIO, told: Callable[[int], None]) -> None:
        done = 0
        try:
            while chunk := file.read(CHUNK):
                self._parser.Parse(chunk, False)
                done += len(chunk)
                told(done)
            self._parser.Parse(b"", True)
        except expat.ExpatError as fault:
            raise self._refusal(
                fault.lineno,
                f"不是完整的XML：{fault}。请重新导出。",
                f"No complete XML: {fault}. Export it again.",
                "file",
                self.name,
            ) from None

    def roads(self) -> Roads:
        """What was read, as a network."""
        if self.graph is None:
            raise self._refusal(1, "没有graph元素，不是GraphML。请用OSMnx的save_graphml导出。", "There is no graph element: this is no GraphML. Write it with save_graphml of OSMnx.", "graph", "")  # fmt: skip
        if not self.nodes or not self.edges:
            raise self._refusal(1, "路网中没有节点或道路。请扩大导出范围。", "The network has no nodes or no roads. Export a larger area.", "graph", f"{len(self.nodes)} nodes, {len(self.edges)} edges")  # fmt: skip
        if self.crs and self.crs.lower().replace("::", ":").rpartition(":")[2] not in ("4326", "crs84"):
            raise self._refusal(1, "坐标须为经纬度（epsg:4326）。请导出未投影的路网。", "Coordinates must be longitude and latitude (epsg:4326). Export the graph before projecting it.", "crs", self.crs)  # fmt: skip
        return _assembled(self)

    def _doctype(self, *_: object) -> None:
        raise self._refusal(self._line, "不接受DOCTYPE声明。请删除后重试。", "A DOCTYPE declaration is not taken. Remove it.", "DOCTYPE", "")  # fmt: skip

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "key":
            self.keys[attributes.get("id", "")] = attributes.get("attr.name", "")
        elif kind == "graph":
            self._begin(attributes)
        elif kind in ("node", "edge"):
            self._open = _Element(kind, attributes, self._line)
        elif kind == "data":
            self._key, self._text, self._size = self.keys.get(attributes.get("key", ""), ""), [], 0

    def _begin(self, attributes: dict[str, str]) -> None:
        self.graph = attributes
        if attributes.get("edgedefault") != "directed":
            value = attributes.get("edgedefault", "")
            raise self._refusal(self._line, "路网须为有向图（edgedefault=\"directed\"）。", "The graph must be directed (edgedefault=\"directed\").", "edgedefault", value)  # fmt: skip

    def _characters(self, text: str) -> None:
        if self._key:
            self._size += len(text)
            if self._size > MOST_TEXT:
                raise self._refusal(self._line, "一个属性过长。", "One attribute is too long.", self._key, text[:40])
            self._text.append(text)

    def _end(self, name: str) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "data" and self._key:
            text = "".join(self._text).strip()
            if self._open is not None:
                self._open.data[self._key] = text
            elif self._key == "crs":
                self.crs = text
            self._key = ""
        elif kind == "node" and self._open is not None:
            self._node(self._open)
            self._open = None
        elif kind == "edge" and self._open is not None:
            self.edges.append(self._open)
            self._open = None
        if len(self.edges) + len(self.nodes) > MOST_ELEMENTS:
            raise self._refusal(self._line, f"路网超过{MOST_ELEMENTS}个元素。请缩小范围。", f"More than {MOST_ELEMENTS} nodes and edges. Export a smaller area.", "graph", "")  # fmt: skip

    def _node(self, element: _Element) -> None:
        name = element.attributes.get("id", "")
        if not name or name in self.nodes:
            raise self._refusal(element.line, "节点编号为空或重复。", "The number of the node is empty or comes twice.", "id", name)  # fmt: skip
        self.streets.append(_whole(element.data.get("street_count", "")) or -1)
        self.nodes[name] = (self._number(element, "x", -180, 180), self._number(element, "y", -90, 90))

    def _number(self, element: _Element, name: str, low: float, high: float) -> float:
        text = element.data.get(name, "")
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not (isfinite(value) and low <= value <= high):
            which = element.attributes.get("id") or "→".join(
                element.attributes.get(end, "") for end in ("source", "target")
            )
            raise self._refusal(
                element.line,
                f"{element.kind} {which} 的{name}应是{low}至{high}之间的数。请核对导出的属性。",
                f"{element.kind} {which}: {name} must be a number between {low} and {high}. Check the exported attributes.",
                name,
                text,
            )
        return value

    def edge_ends(self, element: _Element) -> tuple[str, str]:
        """Names of the nodes of an edge, which must be there."""
        ends = []
        for end in ("source", "target"):
            name = element.attributes.get(end, "")
            if name not in self.nodes:
                raise self._refusal(
                    element.line,
                    f"道路的{end}是没有定义的节点“{name}”。文件可能被截断。",
                    f'The {end} of an edge is "{name}", which is no node here. The file may have been cut.',
                    end,
                    name,
                )
            ends.append(name)
        return ends[0], ends[1]

    def length(self, element: _Element) -> float:
        """Metres of an edge."""
        return self._number(element, "length", 0, 1e7)

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _refusal(self, line: int, zh: str, en: str, name: str, value: str) -> Refusal:
        return Refusal(f"{self.name} 第{line}行：{zh}", f"{self.name}, line {line}: {en}", field=name, value=value)


def _assembled(reader: _Reader) -> Roads:
    names = tuple(reader.nodes)
    number_of = {name: number for number, name in enumerate(names)}
    places = list(reader.nodes.values())
    segments: list[Segment] = []
    one_way: dict[tuple[object, ...], list[int]] = {}
    rows: list[tuple[int, int, float, int, float]] = []
    for element in reader.edges:
        source, target = reader.edge_ends(element)
        tail, head, length = number_of[source], number_of[target], reader.length(element)
        osmids = tuple(sorted(_many(element.data.get("osmid", ""))))
        like = (osmids, round(length, 2))
        if waiting := one_way.get((head, tail, *like)):
            on = waiting.pop()
            segments[on] = _both_ways(segments[on])
        else:
            on = len(segments)
            one_way.setdefault((tail, head, *like), []).append(on)
            segments.append(_segment(element.data, tail, head, length, osmids, places))
        rows.append((tail, head, length, on, _speed(element.data)))
    tails, heads, lengths, segment_of, speeds = zip(*rows, strict=True)
    return Roads(
        nodes=names,
        x=np.array([longitude for longitude, _ in places]),
        y=np.array([latitude for _, latitude in places]),
        tails=np.array(tails, dtype=np.int64),
        heads=np.array(heads, dtype=np.int64),
        lengths=np.array(lengths),
        segment_of=np.array(segment_of, dtype=np.int64),
        speeds=np.array(speeds),
        segments=tuple(segments),
        streets=np.array(reader.streets, dtype=np.int64),
    )


def _segment(
    data: Mapping[str, str],
    tail: int,
    head: int,
    length: float,
    osmids: tuple[str, ...],
    places: list[tuple[float, float]],
) -> Segment:
    highway = next(iter(_many(data.get("highway", ""))), "unclassified")
    lanes = max((_whole(text) for text in _many(data.get("lanes", ""))), default=0)
    return Segment(
        start=tail,
        end=head,
        highway=highway,
        name="、".join(_many(data.get("name", "")))[:80],
        ref="、".join(_many(data.get("ref", "")))[:40],
        length=length,
        lanes=min(lanes, MOST_LANES) or usual_lanes(highway),
        lanes_known=lanes > 0,
        both_ways=False,
        osmids=osmids,
        line=_line(data.get("geometry", "")) or (places[tail], places[head]),
    )


def _both_ways(segment: Segment) -> Segment:
    """A segment that is open in both directions: the map counts the lanes of both, we those of one."""
    about = segment.__dict__ | {"both_ways": True}
    if segment.lanes_known:
        about["lanes"] = ceil(segment.lanes / 2)
    return Segment(**about)


def _speed(data: Mapping[str, str]) -> float:
    given = [float(text) for text in _many(data.get("maxspeed", "")) if text.isdecimal() and 5 <= int(text) <= 150]
    return min(given) if given else usual_speed(next(iter(_many(data.get("highway", ""))), ""))


def _many(text: str) -> list[str]:
    """One value, or the list that OSMnx writes where several pieces were joined."""
    if not text.startswith("["):
        return [text] if text else []
    try:
        found = ast.literal_eval(text) if len(text) < 4096 else []
    except (ValueError, SyntaxError):
        found = []
    return [str(each) for each in found] if isinstance(found, list) else []


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 else 0


def _line(text: str) -> tuple[tuple[float, float], ...]:
    """Points of a LINESTRING; nothing where it is not one."""
    if not (text.startswith("LINESTRING") and text.endswith(")")):
        return ()
    try:
        pairs = [pair.split() for pair in text[text.index("(") + 1 : -1].split(",")]
        points = tuple((float(pair[0]), float(pair[1])) for pair in pairs)
    except (ValueError, IndexError):
        return ()
    return points if len(points) > 1 else ()
