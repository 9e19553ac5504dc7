"""What doors ask is data: dated, graded, and wrong in one line when it is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from yanmen.loop.policy.documents import PolicyFault
from yanmen.project.discovery import packs_folder
from yanmen.subsystems.health_code.queries.doors import load_doors

PACK = 'id: here\ntitle: {zh: 此地, en: Here}\narea: "14"\n'
RIGHT = """title: {zh: 查验, en: Doors}
values:
  2022-12-07:
    source: {title: {zh: 文件, en: Paper}, grade: A}
    asks: true
    doors: {colours: {green: pass, yellow: refer, red: stop}}
    lives: {credential_hours: 24, stale_hours: 12, paper_days: 30, holder_device_days: 180, officer_device_days: 30}
    knowledge: {fresh_minutes: 15}
"""


def loaded(tmp_path, text):
    (tmp_path / "pack.yaml").write_text(PACK, "utf-8")
    (tmp_path / "doors.yaml").write_text(text, "utf-8")
    return load_doors([tmp_path])[0]


def test_the_pack_of_shanxi_holds_and_its_values_say_where_they_come_from():
    (doors,) = load_doors([packs_folder() / "shanxi"])
    assert doors.on(date(2019, 12, 31)) is None
    assert [(rules.asks, rules.source.grade) for rules in doors.rules] == [
        (True, "B"),
        (True, "A"),
        (False, "B"),
        (False, "A"),
    ]
    assert all(rules.grades["lives"] == "DERIVED" for rules in doors.rules)


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        ("red: stop", "red: halt", 6, "halt is none of pass, check, refer, stop"),
        ("red: stop", "rot: stop", 6, "colours has no such key"),
        (", red: stop", "", 6, "red: None is none of"),
        ("{colours", "{act_when_old: stop, colours", 6, "act_when_old is pass or check"),
        ("fresh_minutes: 15", "fresh_minutes: 0", 8, "must be 1 or more"),
        ("paper_days: 30, ", "", 7, "paper_days: is missing"),
        ("grade: A", "grade: C", 4, "decide only with  decides: marked"),
        ("asks: true", "asks: maybe", 5, "asks: is missing or malformed"),
        ("2022-12-07", "december", 3, "write a day"),
        ("{colours", "{showing_second: 5, colours", 6, "showing_second: a door has no such key"),
        ("knowledge:", "at: {hotel: 72}\n    knowledge:", 8, "write a table such as"),
    ],
)
def test_a_fault_names_file_line_and_remedy(tmp_path, wrong, right, line, said):
    assert loaded(tmp_path, RIGHT).rules
    with pytest.raises(PolicyFault) as fault:
        loaded(tmp_path, RIGHT.replace(wrong, right, 1) + " " * 7)
    assert f"doors.yaml:{line}: " in str(fault.value), str(fault.value)
    assert said in str(fault.value)
