"""Explaining, trying, replaying and auditing, on the toy disease."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from yanmen.base.signing import FileSigner
from yanmen.loop.audit import audit
from yanmen.loop.daily import seal_days
from yanmen.loop.facts import record, withdraw
from yanmen.loop.run import settle, turn
from yanmen.loop.tests.conftest import HERE, noon
from yanmen.loop.tests.test_turn import HOME, outbreak, person, places, rows, stay
from yanmen.loop.trial import replay, try_pack
from yanmen.loop.why import explain

pytestmark = pytest.mark.usefixtures("toy", "places")
__all__ = ["places"]


def test_why_says_which_line_holds_what_clears_it_and_when() -> None:
    lin = person("Lin")
    stay(lin, "2022-01-10")
    outbreak("2022-01-10")
    turn(now=noon("2022-01-10"))
    told = explain(lin, as_of=dt.date(2022, 1, 11), known_at=noon("2022-01-11"), now=noon("2022-01-11"))
    [measure] = told["measures"]
    assert measure["title"]["zh"] == "玩具旅居管控"
    assert [line["holds"] for line in measure["lines"]] == [True, True]
    assert measure["clears"]["earliest"] == "2022-01-21"
    assert {f["kind"] for f in measure["evidence"]} == {"toy.exposed", "toy.outbreak"}
    assert told["statuses"]["toy_code"]["value"] == "ruby"


def test_why_tells_both_stories_before_and_after_a_withdrawal() -> None:
    lin = person("Lin")
    stay(lin, "2022-01-10")
    fact = outbreak("2022-01-10")
    turn(now=noon("2022-01-10"))
    withdraw(fact, reason="false positive", by="test", now=noon("2022-01-12"))
    turn(now=noon("2022-01-12"))
    then = explain(lin, as_of=dt.date(2022, 1, 11), known_at=noon("2022-01-11"), now=noon("2022-01-12"))
    now = explain(lin, as_of=dt.date(2022, 1, 12), known_at=noon("2022-01-12"), now=noon("2022-01-12"))
    assert then["statuses"]["toy_code"]["value"] == "ruby"
    assert now["statuses"]["toy_code"]["value"] == "clear"
    assert [h["act"] for h in now["ended"][0]["history"]] == ["imposed", "lifted"]
    assert now["not_imposed"][0]["lines"][0] == {"text": "tier = 'high'", "holds": False}


def test_the_audit_of_an_honest_history_finds_nothing() -> None:
    for name, left in (("Lin", "2022-01-08"), ("Wang Fang", "2022-01-10"), ("Zhao Lei", "2022-01-02")):
        stay(person(name), left)
    outbreak("2022-01-10")
    for day in ("2022-01-10", "2022-01-13", "2022-01-18", "2022-01-21", "2022-01-25"):
        settle(now=noon(day))
    found = audit(now=noon("2022-01-25"))
    assert found["breaks"] == []
    assert found["counts"]["measures"] == 3


def test_a_planted_wrong_row_is_found_and_named() -> None:
    lin, wang = person("Lin"), person("Wang Fang")
    stay(lin, "2022-01-10")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    rows("owner", "UPDATE loop_measure SET subject = %s WHERE subject = %s AND subject_type = 'person'", wang, lin)
    found = audit(now=noon("2022-01-10"))
    named = {(b["check"], b["row"].get("subject")) for b in found["breaks"]}
    assert ("measures_against_facts", wang) in named
    assert ("state_against_ledger", wang) in named


def test_a_changed_ledger_row_breaks_the_chain() -> None:
    stay(person("Lin"), "2022-01-10")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    rows("owner", "UPDATE loop_event SET last_day = last_day - 1")
    assert "broken_seals" in {b["check"] for b in audit(now=noon("2022-01-10"))["breaks"]}


def test_a_fact_changed_after_its_day_was_sealed_is_found() -> None:
    signer = FileSigner.generate()
    stay(person("Lin"), "2022-01-10")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    assert seal_days(signer=signer, now=noon("2022-01-11")) == [dt.date(2022, 1, 10)]
    assert audit(now=noon("2022-01-11"), public_key=signer.public_key)["breaks"] == []
    rows("owner", "UPDATE loop_fact SET recorded_by = 'somebody else' WHERE kind = 'toy.exposed'")
    found = audit(now=noon("2022-01-11"), public_key=signer.public_key)["breaks"]
    assert [(b["check"], b["row"]["day"]) for b in found] == [("broken_days", dt.date(2022, 1, 10))]
    stranger = FileSigner.generate().public_key
    assert "the signature" in str(audit(now=noon("2022-01-11"), public_key=stranger)["breaks"])


def test_trying_a_pack_says_who_would_change_and_changes_nothing(tmp_path: Path) -> None:
    stay(person("Lin"), "2022-01-10")
    stay(person("Wang Fang"), "2022-01-09")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    pack = tmp_path / "toy_pack"
    shutil.copytree(HERE / "toy_pack", pack)
    rule = pack / "rules" / "toy" / "stay.yaml"
    rule.write_text(rule.read_text("utf-8").replace("days: 3", "days: 4"), "utf-8")
    before = rows("loop", "SELECT id, last_day FROM loop_measure ORDER BY id")
    told = try_pack([pack], now=noon("2022-01-10"))
    assert [(c["rule"], c["act"], c["subjects"]) for c in told["changes"]] == [("toy.stay", "revised", 2)]
    assert rows("loop", "SELECT id, last_day FROM loop_measure ORDER BY id") == before


def test_trying_a_milder_zone_lifts_those_whom_the_stricter_one_held(tmp_path: Path) -> None:
    stay(person("Lin"), "2022-01-10")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    pack = tmp_path / "toy_pack"
    shutil.copytree(HERE / "toy_pack", pack)
    rule = pack / "rules" / "toy" / "zone.yaml"
    rule.write_text(rule.read_text("utf-8").replace("tier: high", "tier: low"), "utf-8")
    told = try_pack([pack], now=noon("2022-01-10"))
    assert {(c["rule"], c["act"], c["subjects"]) for c in told["changes"]} == {
        ("toy.zone", "revised", 1),
        ("toy.stay", "lifted", 1),
    }


def test_a_write_under_the_application_role_changes_nothing_and_raises_an_alarm() -> None:
    lin = person("Lin")
    stay(lin, "2022-01-10")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    standing = rows("loop", "SELECT value FROM loop_status WHERE status = 'toy_code'")
    rows("default", "UPDATE loop_status SET value = 'amber'")
    rows("default", "DELETE FROM loop_measure")
    rows(
        "default",
        "INSERT INTO loop_status (subject_type, subject, status, value, area, version, since, because)"
        " SELECT 'person', g, 'toy_code', 'ruby', '14', 0, now(), '{}' FROM generate_series(1, 1317) g",
    )
    assert rows("loop", "SELECT value FROM loop_status WHERE status = 'toy_code'") == standing
    alarms = rows("loop", "SELECT detail ->> 'table', detail ->> 'act', count FROM loop_alarm ORDER BY id")
    assert ("loop_status", "insert", 1317) in alarms
    assert {(table, act) for table, act, _ in alarms} >= {("loop_status", "update"), ("loop_measure", "delete")}


def test_an_unset_scope_sees_no_rows_even_on_a_used_connection() -> None:
    lin = person("Lin")
    stay(lin, "2022-01-10")
    rows("default", "SELECT set_config('yanmen.area', '14', false)")
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('yanmen.area', '', false)")
        cursor.execute("SELECT count(*) FROM loop_fact")
        assert cursor.fetchone() == (0,)


def test_an_unknown_person_is_simply_empty() -> None:
    rows("default", "SELECT 1")
    record(
        "toy.tested",
        area=HOME,
        occurred_at=noon("2022-01-10"),
        by="test",
        now=noon("2022-01-10"),
        detail={"result": "clear"},
    )
    told = explain(999_999, as_of=dt.date(2022, 1, 11), known_at=noon("2022-01-11"), now=noon("2022-01-11"))
    assert (told["measures"], told["ended"]) == ([], [])


def test_a_replay_puts_two_editions_of_the_same_facts_side_by_side_and_changes_nothing() -> None:
    stay(person("Lin"), "2022-01-10")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    before = rows("loop", "SELECT id, state, last_day FROM loop_measure ORDER BY id")
    first, second = replay(["first", "second"], until=noon("2022-01-25"))
    # Day 0 to day 7 in a ward and on to day 10 at home; later only five days at home. Nobody was tested:
    # who is over-held stays counted to the planned last day.
    assert (first["people"], first["person_days"], first["rooms"]) == (1, 11, 1)
    assert (second["people"], second["person_days"], second["rooms"]) == (1, 6, 0)
    assert (first["by_place"]["ward"]["person_days"], first["by_place"]["home"]["person_days"]) == (8, 3)
    assert rows("loop", "SELECT id, state, last_day FROM loop_measure ORDER BY id") == before
