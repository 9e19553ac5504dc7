"""Measures by order, under the real packs: two units, a document, a clause and an end, or nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from yanmen.base.refusals import Refusal
from yanmen.loop.orders import approve, inspect, order
from yanmen.loop.run import settle
from yanmen.loop.tests.conftest import noon
from yanmen.loop.tests.test_turn import HOME, person, places, rows

pytestmark = pytest.mark.usefixtures("clean", "places")
__all__ = ["places"]


def propose(who: int, *, unit: str = "甲单位", kind: str = "stay_home") -> str:
    rows("default", "SELECT 1")
    return str(
        order(
            person=who,
            area=HOME,
            kind=kind,
            document="演练〔2022〕1号",
            clause="第三条",
            ends_on=dt.date(2022, 8, 6),
            unit=unit,
            by="account:1",
            now=noon("2022-08-01"),
        )
    )


def agree(who: int, reason: str, *, unit: str, by: str = "account:2") -> None:
    rows("default", "SELECT 1")
    approve(person=who, area=HOME, rule="command.manual_order", reason=reason, unit=unit, by=by, now=noon("2022-08-01"))


def standing() -> list[tuple[str]]:
    return rows("loop", "SELECT state FROM loop_measure WHERE rule = 'command.manual_order'")


def test_an_order_takes_force_once_another_unit_approves_and_ends_by_itself() -> None:
    lin = person("Lin")
    reason = propose(lin)
    settle(now=noon("2022-08-01"))
    assert standing() == []
    agree(lin, reason, unit="乙单位")
    settle(now=noon("2022-08-01"))
    assert standing() == [("in_force",)]
    settle(now=noon("2022-08-06"))
    assert standing() == [("in_force",)]
    settle(now=noon("2022-08-07"))
    assert standing() == [("lifted",)]


def test_who_proposed_an_order_cannot_approve_it_under_another_unit() -> None:
    lin = person("Lin")
    agree(lin, propose(lin), unit="乙单位", by="account:1")
    settle(now=noon("2022-08-01"))
    assert standing() == []


def test_an_order_outside_the_closed_list_comes_to_nothing() -> None:
    lin = person("Lin")
    agree(lin, propose(lin, kind="red_code"), unit="乙单位")
    settle(now=noon("2022-08-01"))
    assert standing() == []


def test_an_order_without_a_document_is_refused_by_name() -> None:
    with pytest.raises(Refusal) as refused:
        order(
            person=1,
            area=HOME,
            kind="stay_home",
            document=" ",
            clause="3",
            ends_on=dt.date(2022, 8, 6),
            unit="甲",
            by="a",
            now=noon("2022-08-01"),
        )
    assert refused.value.field == "document"


def test_orders_approved_without_ground_are_told_to_inspection_once() -> None:
    lin, wang, zhao = person("Lin"), person("Wang"), person("Zhao")
    agree(lin, propose(lin), unit="乙单位")
    agree(wang, propose(wang), unit="乙单位", by="account:1")
    propose(zhao)
    settle(now=noon("2022-08-01"))
    assert [inspect(now=noon("2022-08-02")), inspect(now=noon("2022-08-02"))] == [1, 0]
    [(count, unit, document, area)] = rows(
        "loop",
        "SELECT count, detail ->> 'unit', detail ->> 'document', detail ->> 'area' FROM loop_alarm"
        " WHERE kind = 'orders_without_ground'",
    )
    assert (count, unit, document, area) == (1, "甲单位", "演练〔2022〕1号", HOME[:6])
