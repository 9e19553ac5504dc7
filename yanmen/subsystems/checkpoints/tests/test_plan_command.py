"""`yanmen checkpoints plan`: what it prints, writes and refuses."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from yanmen.base.refusals import Refusal
from yanmen.project.cli import main
from yanmen.subsystems.checkpoints.methods.plan_files import read_plan
from yanmen.subsystems.checkpoints.tests.test_roads import DATA, real
from yanmen.subsystems.checkpoints.tests.towns import graphml

NODES = {"o": (112.50, 37.80), "a": (112.54, 37.80), "b": (112.56, 37.80), "c": (112.56, 37.81), "w": (112.50, 37.82)}
ROADS = ("o a primary", "w a residential", "a b secondary", "b c service")
CIRCLE = ["--centre", "112.56,37.80", "--radius", "500"]


@pytest.fixture
def network(tmp_path):
    ways = []
    for number, (one, other, highway) in enumerate(road.split() for road in ROADS):
        data = {"highway": highway, "name": f"{one}{other}路", "length": "2000", "osmid": str(number)}
        ways += [(one, other, data), (other, one, data)]
    file = tmp_path / "town.graphml"
    file.write_text(graphml(NODES, ways), encoding="utf-8")
    return file


def test_the_plan_is_printed_with_its_proof_and_written_as_json_and_map(network, tmp_path, capsys):
    plan, picture = tmp_path / "plan.json", tmp_path / "plan.svg"
    asked = ["checkpoints", "plan", str(network), *CIRCLE, "--reach", "2500", "--base", "112.5,37.8"]
    assert main([*asked, "--json", str(plan), "--svg", str(picture)]) == 0
    said = capsys.readouterr().out
    assert "ab路" in said
    assert "1 posts" in said
    assert "no way is left" in said
    written = read_plan(plan.read_bytes())
    assert [post["kind"] for post in written["posts"]] == ["road"]
    assert written["posts"][0]["minutes"] == pytest.approx(2.4, abs=0.1)
    texts = [each.text for each in ElementTree.parse(picture).iter() if each.tag.endswith("text")]
    assert "1" in texts


def test_a_polygon_from_a_file_and_one_typed_are_the_same(network, tmp_path, capsys):
    corners = "112.555,37.795 112.565,37.795 112.565,37.805 112.555,37.805"
    shape = tmp_path / "area.json"
    ring = [[float(part) for part in pair.split(",")] for pair in corners.split()]
    shape.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}), encoding="utf-8")
    answers = []
    for inside in (corners, str(shape)):
        assert main(["checkpoints", "plan", str(network), "--inside", inside]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]


def test_a_few_posts_meet_a_part_of_the_traffic_that_is_told(network, tmp_path, capsys):
    trips = tmp_path / "trips.csv"
    head = "from_longitude,from_latitude,to_longitude,to_latitude,trips"
    trips.write_text(f"{head}\n112.5,37.8,112.54,37.8,30\n112.5,37.82,112.56,37.8,10\n", encoding="utf-8")
    asked = ["checkpoints", "plan", str(network), *CIRCLE, "--reach", "2500", "--posts", "1", "--trips", str(trips)]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "oa路" in said
    assert "75.0%" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--centre", "112.56,37.80"], "--radius"),
        (["--centre", "37.80,112.56", "--radius", "5"], "longitude comes first"),
        (["--centre", "112.56,37.80", "--radius", "-1"], "radius"),
        (["--inside", "no-such-file.json"], "No such file"),
        ([*CIRCLE, "--reach", "-5"], "reach"),
        ([*CIRCLE, "--posts", "-5"], "posts"),
        ([*CIRCLE, "--reach", "90000"], "No crossing lies outside"),
        (["--centre", "10,10", "--radius", "500"], "No crossing lies inside"),
        ([*CIRCLE, "--forbid", "motorway"], "no kind of road"),
        ([*CIRCLE, "--forbid", "secondary,primary,residential,service"], "leads in and no post may stand on it"),
    ],
)
def test_what_cannot_be_planned_is_refused_with_what_to_do(network, capsys, arguments, said):
    assert main(["checkpoints", "plan", str(network), *arguments]) == 1
    assert said in capsys.readouterr().err


def test_a_broken_network_is_refused_by_line(tmp_path, capsys):
    file = tmp_path / "cut.graphml"
    file.write_text(graphml(NODES, [("o", "a", {})])[:-60], encoding="utf-8")
    assert main(["checkpoints", "plan", str(file), *CIRCLE]) == 1
    assert "cut.graphml, line 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "other/1"}, "format"),
        ({"task": "guess"}, "task"),
        ({"posts": []}, "posts"),
        ({"posts": [{"number": 1}]}, "posts[1].name"),
        ({"proof": {"closed": True, "each_needed": True, "separate_ways": 7}}, "proof.separate_ways"),
        ({"area": {"outline": [[["a", "b"]]]}}, "area"),
        ({"roads": [["primary", [[999, 1]]]]}, "roads"),
    ],
)
def test_a_plan_that_was_changed_by_hand_is_refused_by_field(network, tmp_path, change, field):
    file = tmp_path / "plan.json"
    assert main(["checkpoints", "plan", str(network), *CIRCLE, "--json", str(file)]) == 0
    changed = json.loads(file.read_text(encoding="utf-8")) | change
    with pytest.raises(Refusal) as refused:
        read_plan(json.dumps(changed).encode())
    assert refused.value.field == field


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"[" * 100_000, b"{}"])
def test_what_is_no_plan_is_refused(content):
    with pytest.raises(Refusal):
        read_plan(content)


@real
def test_futian_is_planned_within_seconds(tmp_path, capsys):
    network = DATA / "shenzhen_futian_osm_drive.graphml"
    asked = ["checkpoints", "plan", str(network), "--centre", "114.018,22.533", "--radius", "700", "--vehicles"]
    assert main([*asked, "--svg", str(tmp_path / "map.svg")]) == 0
    said = capsys.readouterr().out
    assert "16 posts" in said
    assert "深南大道" in said
    assert main([*asked, "--posts", "6"]) == 0
    assert "6 posts meet" in capsys.readouterr().out
