"""The packs of this repository: clean, complete, and true to the reference they were built from."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from yanmen.loop.catalogue import Catalogue
from yanmen.loop.policy import Policy
from yanmen.loop.policy.coverage import survivors
from yanmen.loop.policy.diff import between_days, between_policies
from yanmen.loop.policy.documents import read
from yanmen.loop.policy.examples import Example
from yanmen.loop.policy.lint import lint
from yanmen.loop.policy.norms import failing_norm_examples, load_norms
from yanmen.loop.policy.tests.packs import changed, load
from yanmen.project.discovery import packs_folder

REFERENCE = Path(__file__).resolve().parents[5] / "shared" / "reference" / "protocols.yaml"
COVID = packs_folder() / "covid19-cn"


def test_the_packs_of_this_repository_have_no_faults(
    policy: Policy, catalogue: Catalogue, examples: list[Example]
) -> None:
    faults = [str(finding) for finding in lint(policy, names=catalogue, examples=examples) if finding.error]
    assert not faults, "\n".join(faults)


def test_every_value_in_force_names_its_source_and_grade(policy: Policy) -> None:
    for edition in policy.editions:
        assert edition.source.zh, edition.where
        for name in edition.values:
            assert edition.sources[name].en, f"{edition.where}: {name}"
            assert edition.grades[name], f"{edition.where}: {name}"


def test_every_example_speaks_both_languages_in_a_sentence(examples: list[Example]) -> None:
    for example in examples:
        assert len(example.name.split()) >= 4, example.where
        assert any("\u4e00" <= letter <= "\u9fff" for letter in example.zh), example.where
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in example.name), example.where


def test_norms_hold_their_examples(policy: Policy) -> None:
    norms = load_norms(policy)
    assert len(norms) >= 3
    assert all(norm.examples for norm in norms)
    assert not failing_norm_examples(norms)


def test_every_worked_vector_is_shown_by_an_example(examples: list[Example]) -> None:
    vectors = [vector for vector in read(COVID / "vectors.yaml")["vectors"] if "capacity" not in vector]
    ways = read(COVID / "vectors.yaml")["read_as"]
    shown = {tuple((key, str(value)) for key, _, value in example.vector) for example in examples if example.vector}
    for vector in vectors:
        assert tuple((key, str(value)) for key, value in vector.items() if key in ways) in shown, dict(vector)


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference lies beside the repository only where it is built")
def test_vectors_and_classes_are_those_of_the_reference() -> None:
    reference = yaml.safe_load(REFERENCE.read_text(encoding="utf-8"))
    own = read(COVID / "vectors.yaml")["vectors"]
    told = [{k: v for k, v in vector.items() if k != "precondition"} for vector in reference["test_vectors"]]
    assert [dict(vector) for vector in own] == told
    classes = {edition: sorted(rows) for edition, rows in reference["measures"].items()}
    assert {edition: sorted(names) for edition, names in read(COVID / "coverage.yaml").items()} == classes


def test_without_examples_every_number_could_change_unseen(policy: Policy, columns: Any, cursor: Any) -> None:
    alive = survivors(policy, [], columns, cursor)
    assert len(alive) > 300


def test_the_ninth_edition_gives_way_to_the_twenty_measures_in_plain_words(policy: Policy) -> None:
    changes = between_days(policy, "", dt.date(2022, 11, 10), dt.date(2022, 11, 11))
    said = {change.key: change for change in changes if change.rule == "arrivals.from_high_risk_area"}
    assert said["stages"].before == ["central_quarantine day 0 to 7"]
    assert said["stages"].after == ["home_isolation day 0 to 7"]
    ended = {change.rule for change in changes if change.after == "off"}
    assert {"tracing.contact_of_contact", "arrivals.from_medium_risk_area"} <= ended


@pytest.fixture
def two_policies(tmp_path: Path) -> tuple[Policy, Policy]:
    rule = "rules/desk/traveller.yaml"
    new = changed(rule, "look_back: 7 days", "look_back: 8 days")
    new[rule] = new[rule].replace("  - tier = 'high'\n", "  - tier in ('high', 'medium')\n")
    return load(tmp_path / "old"), load(tmp_path / "new", nation=new)


def test_two_folders_differ_in_what_they_say(two_policies: tuple[Policy, Policy]) -> None:
    changes = between_policies(*two_policies)
    said = [(change.key, change.area, change.before, change.after) for change in changes if change.key == "look_back"]
    assert said == [("look_back", "", "7 days", "8 days"), ("look_back", "14", "7 days", "8 days")]
    assert [change.key for change in changes if change.begins == dt.date.min] == ["when"]
