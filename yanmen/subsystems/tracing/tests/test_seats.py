"""The row rules, as the guide of April 2022 states them (protocols.md section 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from yanmen.base.clock import start_of
from yanmen.subsystems.tracing.methods.seats import Nearness, Reach, Seat, nearness, reach_of
from yanmen.subsystems.tracing.methods.settings import SettingsPolicy, TracedCase, policy_of

NEAR, SAME, UNKNOWN = Nearness.NEAR, Nearness.SAME, Nearness.UNKNOWN


@pytest.fixture(scope="module")
def policy() -> SettingsPolicy:
    """The national norm on a day of the ninth edition."""
    from yanmen.loop.policy.load import load_packs
    from yanmen.loop.policy.norms import load_norms
    from yanmen.project.discovery import packs_folder

    norms = load_norms(load_packs([packs_folder() / "covid19-cn"]))
    (norm,) = [each for each in norms if each.id == "tracing.settings"]
    dated = norm.at(date(2022, 8, 1))
    assert dated is not None
    return policy_of(dated.parts)


def test_a_place_may_look_back_four_days(tmp_path: Path) -> None:
    """A pack of a place states the norm anew, as Shanghai's rules of 2022 would."""
    from yanmen.loop.policy.load import load_packs
    from yanmen.loop.policy.norms import load_norms
    from yanmen.project.discovery import packs_folder

    national = packs_folder() / "covid19-cn"
    (tmp_path / "norms").mkdir()
    (tmp_path / "pack.yaml").write_text(
        'id: shanghai\ntitle: {zh: 上海, en: Shanghai}\narea: "31"\noverlays: covid19-cn\n', encoding="utf-8"
    )
    text = (national / "norms" / "tracing" / "settings.yaml").read_text("utf-8")
    (tmp_path / "norms" / "settings.yaml").write_text(text.replace("look_back: 2 days", "look_back: 4 days"), "utf-8")
    norms = {norm.id: norm for norm in load_norms(load_packs([national, tmp_path]))}
    dated = norms["tracing.settings"].at(date(2022, 8, 1))
    assert dated is not None
    case = TracedCase(
        key="k", person=1, members=(1,), area="31", kind="confirmed", setting="community", disease="", onset_on=date(2022, 8, 6),
        sampled_on=date(2022, 8, 5), found_at=start_of(date(2022, 8, 7)), ended_at=None, stands=True, outcome="", merged=False, risk="",
    )  # fmt: skip
    assert case.since(policy_of(dated.parts)) == start_of(date(2022, 8, 1)), "from the sampling, which came first"


def test_only_infections_that_stand_are_traced_and_re_positives_only_where_they_may_transmit(
    policy: SettingsPolicy,
) -> None:
    case = TracedCase(
        key="k", person=1, members=(1,), area="14", kind="confirmed", setting="community", disease="", onset_on=None,
        sampled_on=None, found_at=start_of(date(2022, 8, 7)), ended_at=None, stands=True, outcome="", merged=False, risk="",
    )  # fmt: skip
    assert case.traced
    assert not replace(case, stands=False).traced
    assert not replace(case, kind="false_positive").traced
    assert not replace(case, disease="ebola").traced
    assert not replace(case, merged=True).traced
    again = replace(case, setting="re_positive")
    assert not again.traced
    assert replace(again, risk="risk").settings(policy) == {"household", "dormitory", "ward"}


@pytest.mark.parametrize(("row", "near"), [(9, SAME), (10, NEAR), (13, NEAR), (16, NEAR), (17, SAME), (None, UNKNOWN)])
def test_an_aircraft_counts_three_rows_either_way(policy: SettingsPolicy, row: int | None, near: Nearness) -> None:
    assert nearness(Seat(row=13), Seat(row=row), reach_of("plane", "", policy)) is near


def test_crew_count_where_they_serve(policy: SettingsPolicy) -> None:
    reach, case = reach_of("plane", "", policy), Seat("economy", 30)
    assert nearness(case, Seat("economy", staff=True), reach) is NEAR
    assert nearness(case, Seat(staff=True), reach) is NEAR, "no area recorded: they may have served it"
    assert nearness(case, Seat("business", staff=True), reach) is SAME
    assert nearness(Seat("economy", staff=True), Seat("economy", 2), reach) is NEAR


@pytest.mark.parametrize(
    ("layout", "seat", "near"),
    [
        ("sealed", Seat("5", 1), NEAR),
        ("sealed", Seat("6", 12), SAME),
        ("sleeper", Seat("5", 12), NEAR),
        ("sleeper", Seat("5", 11), SAME),
        ("open", Seat("5", 11), NEAR),
        ("open", Seat("5", 10), SAME),
        ("open", Seat("5"), UNKNOWN),
        ("", Seat("5", 1), NEAR),
        ("", Seat(), UNKNOWN),
    ],
)
def test_a_train_counts_the_carriage_the_compartment_or_the_bays_beside(
    policy: SettingsPolicy, layout: str, seat: Seat, near: Nearness
) -> None:
    assert nearness(Seat("5", 12), seat, reach_of("train", layout, policy)) is near


def test_a_sealed_bus_counts_as_a_whole_a_ventilated_one_by_rows(policy: SettingsPolicy) -> None:
    assert nearness(Seat(row=1), Seat(row=12), reach_of("bus", "sealed", policy)) is NEAR
    assert nearness(Seat(row=1), Seat(row=12), reach_of("bus", "", policy)) is NEAR, "not told: taken to be sealed"
    assert nearness(Seat(row=1), Seat(row=4), reach_of("bus", "open", policy)) is NEAR
    assert nearness(Seat(row=1), Seat(row=5), reach_of("bus", "open", policy)) is SAME


def test_a_ship_counts_the_cabin(policy: SettingsPolicy) -> None:
    reach = reach_of("ship", "", policy)
    assert [nearness(Seat("201"), Seat(unit), reach) for unit in ("201", "202", "")] == [NEAR, SAME, UNKNOWN]


def test_groups_count_as_a_whole_or_by_room(policy: SettingsPolicy) -> None:
    assert reach_of("class", "", policy) == Reach(whole=True)
    assert reach_of("floor", "", policy) == Reach(whole=True)
    rooms = reach_of("dormitory", "", policy)
    assert nearness(Seat("301"), Seat("301"), rooms) is NEAR
    assert nearness(Seat("301"), Seat("302"), rooms) is SAME


def test_the_numbers_are_the_policys(policy: SettingsPolicy) -> None:
    wider = replace(policy, rows={**policy.rows, "plane": 5})
    assert nearness(Seat(row=13), Seat(row=18), reach_of("plane", "", wider)) is NEAR
