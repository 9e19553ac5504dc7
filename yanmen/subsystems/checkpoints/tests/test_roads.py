"""Road networks: reading them, the shortest ways, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.project.state import ROOT
from yanmen.subsystems.checkpoints.methods.graphml import read_graphml
from yanmen.subsystems.checkpoints.methods.protected import circle, point, polygon
from yanmen.subsystems.checkpoints.tests.towns import graphml

DATA = ROOT.parent / "shared" / "data" / "roads"
real = pytest.mark.skipif(not DATA.is_dir(), reason=f"no road data at {DATA}")


@real
def test_shortest_ways_of_futian_are_those_of_the_reference():
    roads = read_graphml(DATA / "shenzhen_futian_osm_drive.graphml")
    with (DATA / "shenzhen_shortest_paths_reference.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sources = sorted({row["source"] for row in rows})
    metres = roads.metres([roads.number_of[source] for source in sources])
    found = [metres[sources.index(row["source"]), roads.number_of[row["target"]]] for row in rows]
    assert len(rows) == 180
    np.testing.assert_allclose(found, [float(row["shortest_m"]) for row in rows], rtol=0, atol=1e-3)


@real
def test_a_road_open_both_ways_is_one_segment():
    roads = read_graphml(DATA / "shenzhen_futian_osm_drive.graphml")
    assert (len(roads.nodes), len(roads.tails)) == (1751, 4009)
    on = np.bincount(roads.segment_of, minlength=len(roads.segments))
    assert on.max() == 2
    assert all((on[number] == 2) == segment.both_ways for number, segment in enumerate(roads.segments))


def test_attributes_are_read_as_osmnx_writes_them(tmp_path):
    file = tmp_path / "town.graphml"
    data = {"lanes": "['2', '4']", "maxspeed": "60", "name": "['迎泽大街', '南内环街']", "osmid": "[5, 6]"}
    file.write_text(graphml({"a": (0, 0), "b": (0.01, 0)}, [("a", "b", data), ("b", "a", data)]), encoding="utf-8")
    (segment,) = read_graphml(file).segments
    assert (segment.name, segment.lanes, segment.lanes_known, segment.both_ways) == (
        "迎泽大街、南内环街",
        2,
        True,
        True,
    )
    assert segment.osmids == ("5", "6")


def test_of_parallel_roads_the_shorter_counts(tmp_path):
    file = tmp_path / "town.graphml"
    ways = [("a", "b", {"length": "900", "osmid": "1"}), ("a", "b", {"length": "400", "osmid": "2"})]
    file.write_text(graphml({"a": (0, 0), "b": (0.01, 0)}, ways), encoding="utf-8")
    roads = read_graphml(file)
    assert len(roads.segments) == 2
    assert roads.metres([0])[0, 1] == 400


NODES = {"a": (112.5, 37.8), "b": (112.6, 37.8)}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("<graphml", "file"),
        ("", "file"),
        ("<html></html>", "graph"),
        (graphml({}, []), "graph"),
        (graphml(NODES, []), "graph"),
        (graphml(NODES, [("a", "c", {})]), "target"),
        (graphml(NODES, [("a", "b", {"length": "far"})]), "length"),
        (graphml(NODES, [("a", "b", {"length": "-1"})]), "length"),
        (graphml(NODES, [("a", "b", {"length": "nan"})]), "length"),
        (graphml({"a": (500, 37), "b": (1, 1)}, [("a", "b", {})]), "x"),
        (graphml(NODES, [("a", "b", {})]).replace('"directed"', '"undirected"'), "edgedefault"),
        (graphml(NODES, [("a", "b", {})], crs="epsg:32649"), "crs"),
        ('<!DOCTYPE g [<!ENTITY a "aaaa">]>' + graphml(NODES, [("a", "b", {})]), "DOCTYPE"),
    ],
)
def test_a_file_that_is_no_network_is_refused_by_field_and_line(tmp_path, text, field):
    file = Path(tmp_path / "bad.graphml")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_graphml(file)
    assert refused.value.field == field
    assert "bad.graphml, line" in refused.value.en


def test_a_point_lies_in_a_polygon_or_so_many_metres_from_it():
    square = polygon("0,0 1,0 1,1 0,1")
    x, y = np.array([0.5, 2.0, 0.5]), np.array([0.5, 0.5, -0.01])
    gap = square.gap(x, y)
    assert gap[0] == 0
    assert gap[1] == pytest.approx(111_195, rel=1e-3)
    assert gap[2] == pytest.approx(1_112, rel=1e-3)


def test_a_hole_is_not_inside():
    ring = polygon('{"type": "Polygon", "coordinates": [[[0,0],[9,0],[9,9],[0,9]], [[4,4],[5,4],[5,5],[4,5]]]}')
    assert list(ring.gap(np.array([1.0, 4.5]), np.array([1.0, 4.5])) == 0) == [True, False]


def test_a_circle_measures_on_the_sphere():
    gap = circle(112.5, 37.8, 1000).gap(np.array([112.5, 112.5]), np.array([37.8, 37.818]))
    assert gap == pytest.approx([0, 1001.5], abs=1)


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2 3,4 1,2", "{}", '{"type": "Point", "coordinates": [1, 2]}', "{[", "190,1 2,3 4,5"]
)
def test_what_is_no_polygon_is_refused(text):
    with pytest.raises(Refusal) as refused:
        polygon(text)
    assert refused.value.field == "inside"


@pytest.mark.parametrize("text", ["", "112.5", "a,b", "37.8,112.5"])
def test_what_is_no_position_is_refused(text):
    with pytest.raises(Refusal):
        point(text, "centre")
