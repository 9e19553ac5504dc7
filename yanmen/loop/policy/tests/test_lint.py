"""Levels, prohibitions, grades and names: what may not load, and what only has to be known."""

from pathlib import Path

import pytest

from yanmen.loop.catalogue import Catalogue
from yanmen.loop.kinds import MeasureKind
from yanmen.loop.policy import PolicyFault, packs_in
from yanmen.loop.policy.lint import Finding, exemptions, lint
from yanmen.loop.policy.load import load_packs
from yanmen.loop.policy.tests.packs import SOURCE, changed, load, overlay, write
from yanmen.project.discovery import packs_folder

RULE = "rules/desk/traveller.yaml"
ENTRY = f"  2022-08-01:\n    until: 2022-08-31\n    {SOURCE}\n"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            "    stages: [{place: hotel, days: 10, tests: [1, 7]}]\n",
            "stricter than the level above: days: 10 / nation: 7",
        ),
        ("    stages: [{place: hotel, days: 5, tests: [1, 5]}]\n", "milder than the level above: days: 5 / nation: 7"),
        (
            "    stages: [{place: hotel, days: 7, tests: [1, 3, 7]}]\n",
            "stricter than the level above: tests: 3 / nation: 2",
        ),
        ("    stages: [{place: hotel, days: 7, tests: [7]}]\n", "milder than the level above: tests: 1 / nation: 2"),
        (
            "    stages: [{place: home, days: 7, tests: [1, 7]}]\n",
            "milder than the level above: place: home / nation: hotel",
        ),
        ("    look_back: 10 days\n", "stricter than the level above: look_back: 10 / nation: 7"),
        ("    look_back: 3 days\n", "milder than the level above: look_back: 3 / nation: 7"),
        ("    off: true\n", "milder than the level above: off"),
    ],
)
def test_a_level_may_be_neither_stricter_nor_milder(tmp_path: Path, values: str, said: str) -> None:
    with pytest.raises(PolicyFault) as fault:
        load(tmp_path, province=overlay(ENTRY + values))
    assert said in str(fault.value)
    assert "traveller.yaml:3" in str(fault.value)


def test_an_overlay_that_a_milder_edition_overtakes_becomes_over_control(tmp_path: Path) -> None:
    forever = f"  2022-03-01:\n    {SOURCE}\n    stages: [{{place: hotel, days: 21, tests: [1, 7, 14, 21]}}]\n"
    with pytest.raises(PolicyFault, match=r"days: 21 / nation: 7 \(2022-07-01–2023-01-01\)"):
        load(tmp_path, province=overlay(forever))


def test_bounds_of_the_upper_level_open_a_way(tmp_path: Path) -> None:
    nation = changed(RULE, "    look_back: 7 days\n", "    look_back: 7 days\n    bounds: {look_back: [7, 10]}\n")
    assert load(tmp_path, nation, overlay(ENTRY + "    look_back: 10 days\n"))
    with pytest.raises(PolicyFault, match="look_back: 11"):
        load(tmp_path, nation, overlay(ENTRY + "    look_back: 11 days\n"))


EXEMPTION = (
    "    exemption: {name: {zh: 试点, en: Trial}, document: 省发1号, until: 2022-08-31}\n    look_back: 10 days\n"
)


def test_a_named_exemption_lets_it_load_and_is_listed(tmp_path: Path) -> None:
    policy = load(tmp_path, province=overlay(ENTRY + EXEMPTION))
    assert [(e["rule"], e["area"], e["en"], e["document"]) for e in exemptions(policy)] == [
        ("desk.traveller", "14", "Trial", "省发1号")
    ]
    [known] = [finding for finding in lint(policy) if finding.id == "over-control"]
    assert not known.error
    assert "exempt: Trial" in known.en


def test_an_exemption_that_ends_too_early_does_not_help(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="look_back: 10"):
        load(tmp_path, province=overlay(ENTRY + EXEMPTION.replace("until: 2022-08-31", "until: 2022-08-30")))


def test_grade_c_does_not_decide_silently(tmp_path: Path) -> None:
    weak = changed(RULE, "    look_back: 7 days\n", "    look_back: 7 days\n    grades: {look_back: C}\n")
    found = [finding.en for finding in lint(load(tmp_path / "a", weak)) if finding.id == "weak-grade"]
    assert found
    assert all("look_back (C) would decide silently" in text for text in found)
    marked = {RULE: weak[RULE].replace("grades: {look_back: C}", "grades: {look_back: C}\n    decides: marked")}
    assert not [f for f in lint(load(tmp_path / "b", marked)) if f.id == "weak-grade"]
    proposed = {RULE: weak[RULE].replace("ends:", "approval: proposed\napproved_by: chief\nends:")}
    assert not [f for f in lint(load(tmp_path / "c", proposed)) if f.id == "weak-grade"]


def test_a_value_the_conditions_need_must_be_in_every_edition(tmp_path: Path) -> None:
    nation = changed(RULE, "    look_back: 7 days\n", "") | {"relations.yaml": "stay: {tier: text, left_on: date}\n"}
    [finding] = [f for f in lint(load(tmp_path, nation)) if f.id == "condition"][:1]
    assert "as of 2022-07-01" in finding.en
    assert '"look_back" is neither a column' in finding.en


def test_a_missing_name_is_offered_its_nearest(tmp_path: Path, catalogue: Catalogue) -> None:
    nation = changed(RULE, "given: stay", "given: stay_in_aera")
    said = [str(finding) for finding in lint(load(tmp_path, nation), names=catalogue)]
    assert any('given: stay_in_aera names no relation. Did you mean "stay_in_area"?' in text for text in said)


# -- the nine prohibitions, on the real national pack -------------------------------------------------

PACK = 'id: test-province\ntitle: {zh: 某省, en: Some province}\narea: "99"\noverlays: covid19-cn\n'
DATED = f"values:\n  2022-08-01:\n    until: 2022-08-31\n    {SOURCE}\n"
OWN = "title: {zh: 加码, en: More}\ngiven: %s\nwhen: [%s]\ncount_from: %s\nimpose: %s\n"
STAY = ("stay_in_area", "\"tier = 'none'\"", "left_on")
ZONES = ("zones_inside", "\"level = 'county'\"", "known_on")


def _local(folder: Path, catalogue: Catalogue, file: str, text: str) -> list[Finding]:
    nation = [path for path in packs_in(packs_folder()) if path.name == "covid19-cn"]
    pack = write(folder, "local", {"pack.yaml": PACK, f"rules/{file}.yaml": text})
    found = lint(load_packs([*nation, pack], hold_levels=False), names=catalogue)
    return [finding for finding in found if finding.error and "test" not in finding.id and "local" in finding.where]


def _with_kinds(catalogue: Catalogue, *names: str) -> Catalogue:
    more = Catalogue()
    vars(more).update({name: dict(shelf) for name, shelf in vars(catalogue).items()})
    more.measures |= {name: MeasureKind(name=name, zh=name, en=name, subject="place") for name in names}
    return more


@pytest.mark.parametrize(
    ("law", "file", "text"),
    [
        (
            "nine-1-travel-limits",
            "risk_areas/more",
            "id: risk_areas.more\n"
            + OWN % (*ZONES, "zone")
            + DATED
            + "    stages: [{place: staggered_area, days: 3}]\n",
        ),
        (
            "nine-2-low-risk-isolated",
            "arrivals/low",
            "overlay: arrivals.from_low_risk_area\n"
            + DATED
            + "    stages: [{place: home_isolation, days: 3, tests: [1, 3]}]\n",
        ),
        (
            "nine-3-zone-prolonged",
            "risk_areas/longer",
            "overlay: risk_areas.medium_risk_area\n"
            + DATED
            + "    stages: [{place: staggered_area, days: 10, tier: medium}]\n",
        ),
        (
            "nine-4-more-people",
            "arrivals/wider",
            "overlay: arrivals.from_high_risk_area\n" + DATED + "    look_back: 14 days\n",
        ),
        (
            "nine-4-more-people",
            "arrivals/everyone",
            "id: arrivals.everyone\n"
            + OWN % (*STAY, "stay_and_test")
            + DATED
            + "    stages: [{place: home_isolation, days: 3}]\n",
        ),
        (
            "nine-5-isolation-prolonged",
            "arrivals/longer",
            "overlay: arrivals.from_medium_risk_area\n"
            + DATED
            + "    stages: [{place: home_isolation, fallback_place: central_quarantine, days: 14, tests: [1, 4, 7]}]\n",
        ),
        (
            "nine-6-care-refused",
            "care/refuse",
            "id: care.refuse\n"
            + OWN % (*STAY, "refuse_care")
            + DATED
            + "    stages: [{place: no_restriction, days: 3}]\n",
        ),
        (
            "nine-7-students-isolated",
            "campus/hold",
            "id: campus.hold\n"
            + OWN % (*STAY, "hold_students")
            + DATED
            + "    stages: [{place: no_restriction, days: 3}]\n",
        ),
        (
            "nine-8-checkpoints",
            "checkpoints/road",
            "id: checkpoints.road\n"
            + OWN % (*STAY, "checkpoint")
            + DATED
            + "    stages: [{place: no_restriction, days: 3}]\n",
        ),
        (
            "nine-9-premises-closed",
            "venues/close",
            "id: venues.close\n"
            + OWN % (*STAY, "close_premises")
            + DATED
            + "    stages: [{place: no_restriction, days: 3}]\n",
        ),
    ],
)
def test_each_of_the_nine_prohibitions_is_found_by_name(
    tmp_path: Path, catalogue: Catalogue, law: str, file: str, text: str
) -> None:
    kinds = _with_kinds(catalogue, "refuse_care", "hold_students", "checkpoint", "close_premises")
    found = _local(tmp_path, kinds, file, text)
    assert law in {finding.id for finding in found}, "\n".join(map(str, found))
    assert all(finding.zh for finding in found)


def test_what_the_nation_allows_breaks_no_prohibition(tmp_path: Path, catalogue: Catalogue) -> None:
    text = "overlay: arrivals.from_high_risk_area\n" + DATED + "    marks: {colour: red}\n"
    assert not _local(tmp_path, catalogue, "arrivals/colour", text)
