"""What lists tell beyond their cases: any disease, who infected whom, care and outcome; and lists of one source that change."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime

import pytest
from django.db import connection

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.loop.run import turn
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Person
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases import actions
from yanmen.subsystems.cases.methods.line_list_links import Link, read_links
from yanmen.subsystems.cases.methods.line_list_sheets import open_sheet
from yanmen.subsystems.cases.methods.line_lists import read_line_list
from yanmen.subsystems.cases.tests.test_line_lists import LISTS

PROVINCE = system("14", purpose="control")
NOW = datetime(2022, 10, 10, 9, tzinfo=BEIJING)
PLACES = {"14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县"}
HEADER = "病例编号,姓名,性别,出生日期,发病日期,报告日期,病种,病例分类,区县,医院,入院日期,转归,转归日期,infector,感染日期,年龄\n"
FIRST = (
    "A1,王芳,女,1990-01-02,2022-10-01,2022-10-02,埃博拉,确诊,祁县,县医院,2022-10-03,死亡,2022-10-08,X9,2022-09-20,\n"
)
SECOND = "A2,,男,,2022-10-06,2022-10-07,EVD,确诊,平遥县,,,治愈,2022-10-09,A1,,41岁\n"
EBOLA = LISTS / "ebola_sim_clean__linelist.csv"


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name) for code, name in PLACES.items()])


def store(text, *, kind="", disease="", source="", pairs=(), now=NOW, scope=PROVINCE, name="list.csv"):
    found = read_line_list(name, text.encode(), today=now.date())
    reading = actions.Reading(kind=kind, disease=disease, source=source)
    return actions.bring_in(scope=scope, found=found, reading=reading, by="test", now=now, pairs=pairs)


def told(kind):
    """Facts of the kind that count now: day, area, name of the person, detail."""
    with acting(PROVINCE), connection.cursor() as cursor:
        cursor.execute(
            "SELECT local_date(fact.occurred_at), fact.area, person.name, fact.detail FROM loop_fact AS fact"
            " LEFT JOIN registry_person AS person ON person.id = fact.person_id WHERE fact.kind = %s"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id) ORDER BY 1, 2",
            [kind],
        )
        return [(*about, json.loads(detail)) for *about, detail in cursor.fetchall()]


def facts():
    with acting(PROVINCE), connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM loop_fact GROUP BY 1")
        return dict(cursor.fetchall())


def test_a_list_of_another_disease_is_stored_with_care_outcome_and_sources():
    stored = store(HEADER + FIRST + SECOND)
    assert (stored.receipt.created, stored.receipt.rejected) == (2, 0)
    first, second = told("cases.reported")
    assert (first[1:3], first[3]["disease"], first[3]["infected_on"]) == (("140727", "王芳"), "ebola", "2022-09-20")
    assert (second[2], second[3]["sex"], second[3]["age"], second[3]["disease"]) == (None, "male", 41, "ebola")
    ((day, _, name, detail),) = told("cases.admitted")
    assert (day, name, detail["facility"]) == (date(2022, 10, 3), "王芳", "县医院")
    assert [(day, name) for day, _, name, _ in told("cases.died")] == [(date(2022, 10, 8), "王芳")]
    assert [(day, area) for day, area, *_ in told("cases.discharged")] == [(date(2022, 10, 9), "140728")]
    unlisted, listed = told("cases.source_told")
    assert (unlisted[2], unlisted[3]["infector_number"]) == ("王芳", "X9")
    assert (listed[3]["case"], listed[3]["infector"]) == (second[3]["case"], first[3]["case"])
    assert "infector_number" not in listed[3]
    assert (stored.links.created, stored.links.infectors_unlisted, stored.links.infected_unlisted) == (2, 1, 0)


def test_the_receipt_says_of_each_column_where_it_is_kept():
    stored = store(
        "编号,发病日期,报告日期,经度,备注\n1,2022-10-07,2022-10-08,112.3,密接\n2,,2022-10-08,,\n",
        disease="h7n9",
        kind="confirmed",
    )
    kept = {column.heading: (column.lines, column.is_kept) for column in stored.columns}
    assert kept == {
        "编号": (2, True),
        "发病日期": (1, True),
        "报告日期": (2, True),
        "经度": (1, False),
        "备注": (1, False),
    }


def test_a_misspelt_disease_is_not_taken_for_a_new_one():
    with pytest.raises(Refusal, match='Did you mean "covid19"'):
        store("编号,发病日期\n1,2022-10-07\n", disease="covd19", kind="confirmed")
    assert store("编号,发病日期\n1,2022-10-07\n", disease="oropouche", kind="confirmed").receipt.created == 1


def test_no_rule_of_covid_touches_another_disease():
    store(HEADER + FIRST + SECOND)
    turn(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM loop_measure")
        assert cursor.fetchone() == (0,)
    store(HEADER + SECOND.replace("A2", "B2").replace("EVD", "新冠"))
    turn(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM loop_measure")
        assert cursor.fetchone()[0] > 0


def test_a_second_import_adds_nothing():
    store(HEADER + FIRST + SECOND)
    before = facts()
    again = store(HEADER + SECOND + FIRST)
    assert (again.receipt.created, again.receipt.matched, len(again.corrected)) == (0, 2, 0)
    assert (again.links.matched, again.links.created) == (2, 0)
    assert facts() == before


def test_a_changed_line_of_one_source_corrects_its_case():
    store(HEADER + FIRST + SECOND, source="省疾控")
    later = SECOND.replace("2022-10-06", "2022-10-05").replace("2022-10-09", "2022-10-10").replace("41岁", "42岁")
    stored = store(HEADER + FIRST + later, source="省疾控")
    assert (stored.receipt.created, stored.receipt.matched, list(stored.corrected)) == (0, 2, [3])
    assert [(one.field, one.old, one.new) for one in stored.corrected[3]] == [
        ("onset_on", "2022-10-06", "2022-10-05"), ("age", "41", "42"),
    ]  # fmt: skip
    assert [row[3]["onset_on"] for row in told("cases.reported")] == ["2022-10-01", "2022-10-05"]
    assert [row[0] for row in told("cases.discharged")] == [date(2022, 10, 10)]
    assert stored.courses["cases.discharged"].corrected == 1
    with acting(PROVINCE):
        assert Person.objects.count() == 1


def test_an_infector_who_comes_in_a_later_list_of_the_source_is_found_again():
    store(HEADER + FIRST, source="省疾控")
    store(HEADER + FIRST.replace("A1,王芳,女,1990-01-02", "X9,,,").replace(",X9,", ",,"), source="省疾控")
    (link,) = told("cases.source_told")
    with acting(PROVINCE), connection.cursor() as cursor:
        cursor.execute("SELECT detail ->> 'number_in_list' FROM loop_fact WHERE id::text = %s", [link[3]["infector"]])
        assert cursor.fetchone() == ("X9",)


def test_one_number_cannot_be_two_people_two_counties_or_two_diseases():
    store(HEADER + FIRST, source="省疾控")
    for other, field in (("王芳,", "name"), ("祁县", "county"), ("埃博拉", "disease")):
        new = {"name": "李雷,", "county": "平遥县", "disease": "麻疹"}[field]
        stored = store(HEADER + FIRST.replace(other, new), source="省疾控")
        (row,) = stored.receipt.rows
        assert (row.outcome, row.field) == ("rejected", field)
    county = system("140728", purpose="control")
    stored = store(HEADER + FIRST.replace("祁县", "平遥县"), source="省疾控", scope=county)
    assert "case of another area" in stored.receipt.rows[0].en
    assert len(told("cases.reported")) == 1


def test_certainty_and_setting_of_a_pair_are_kept_and_corrected():
    pairs = [Link(2, "A1", "A2", "Funeral", 0.6)]
    store(HEADER + FIRST + SECOND, pairs=pairs)
    link = told("cases.source_told")[1][3]
    assert (link["setting"], link["certainty"]) == ("funeral", 0.6)
    stored = store(HEADER + FIRST + SECOND, pairs=[Link(2, "A1", "A2", "Funeral", 0.9)])
    assert (stored.links.corrected, stored.links.matched) == (1, 1)
    assert told("cases.source_told")[1][3]["certainty"] == 0.9


def test_an_upload_is_previewed_applied_once_and_hands_back_what_it_refused():
    text = HEADER + FIRST + "A3,=cmd(),女,1990-02-30,2022-10-06,2022-10-07,EVD,确诊,祁县,,,,,,,\n"
    about = {"scope": PROVINCE, "by": "test", "now": NOW}
    row = actions.upload(
        name="list.csv", content=text.encode(), asked={"source": "", "kind": "", "disease": ""}, **about
    )
    _, _, stored = actions.preview_file(file=row.pk, **about)
    assert (stored.receipt.created, stored.receipt.rejected, stored.links.created) == (1, 1, 1)
    assert facts() == {}
    row = actions.apply_file(file=row.pk, **about)
    assert (row.content, row.told["counts"]["created"], row.told["refused"]) == (None, 1, 1)
    sent = actions.refused_lines(scope=PROVINCE, file=row, by="test", now=NOW).decode("utf-8-sig")
    assert sent.splitlines()[1].startswith("A3,'=cmd(),女,1990-02-30")
    stored = store(sent.replace("1990-02-30", "1990-02-28").replace("'=cmd()", "韩梅"))
    assert (stored.receipt.created, stored.receipt.rejected) == (1, 0)


@pytest.mark.skipif(not EBOLA.exists(), reason="the line lists are not here: set YANMEN_DATA")
def test_the_clean_ebola_list_and_its_pairs_are_stored_once():
    contacts = LISTS / "ebola_sim_clean__contacts.csv"
    pairs = read_links(open_sheet(contacts.name, contacts.read_bytes())).links
    found = read_line_list(EBOLA.name, EBOLA.read_bytes(), today=NOW.date())
    about = {"scope": PROVINCE, "found": found, "by": "test", "now": NOW, "pairs": pairs}
    stored = actions.bring_in(reading=actions.Reading("confirmed", "ebola"), **about)
    assert (stored.receipt.created, stored.receipt.rejected, stored.links.created) == (5829, 0, 3800)
    assert (stored.links.infectors_unlisted, stored.links.infected_unlisted) == (1170, 59)
    before = facts()
    outcomes = Counter((case.outcome, case.outcome_on is not None) for case in found.cases)
    assert before["cases.reported"] == 5829
    assert before["cases.source_told"] == 3800
    assert before["cases.admitted"] == sum(case.hospitalised_on is not None for case in found.cases)
    assert before["cases.died"] == outcomes[("died", True)] + outcomes[("died", False)]
    assert before["cases.discharged"] == outcomes[("recovered", True)]
    again = actions.bring_in(reading=actions.Reading("confirmed", "ebola"), **about)
    assert (again.receipt.repeated, facts()) == (True, before)
    other = actions.bring_in(reading=actions.Reading("confirmed", "ebola", "WHO"), **about)
    assert (other.receipt.matched, len(other.corrected)) == (5829, 5829)
    # Pairs of which neither end is listed have nothing but their numbers, which another source may use for others.
    assert (other.links.matched, other.links.created) == (3768, 32)
    assert told("cases.reported")[0][3]["list_source"] == "WHO"
    before = facts()
    text = EBOLA.read_text() + "\n"
    found = read_line_list(EBOLA.name, text.encode(), today=NOW.date())
    last = actions.bring_in(reading=actions.Reading("confirmed", "ebola", "WHO"), **(about | {"found": found}))
    assert (last.receipt.matched, len(last.corrected), last.links.matched) == (5829, 0, 3800)
    assert facts() == before


@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_list_taken_in_pieces_means_what_it_means_at_once(monkeypatch, size):
    monkeypatch.setattr("yanmen.subsystems.cases.actions.line_lists.PIECE", size)
    monkeypatch.setattr("yanmen.subsystems.cases.actions.line_list_links.PIECE", size)
    bad = "A3,韩梅,女,1991-02-31,2022-10-06,2022-10-07,埃博拉,确诊,祁县,,,,,,,\n"
    third = "A4,,女,,2022-10-07,2022-10-08,EVD,确诊,祁县,,,,,A2,,\n"
    first = store(HEADER + FIRST + bad + SECOND + third, source="WHO")
    assert [(row.line, row.outcome) for row in first.receipt.rows] == [
        (2, "created"), (3, "rejected"), (4, "created"), (5, "created"),
    ]  # fmt: skip
    assert {kind: count.created for kind, count in first.courses.items()} == {
        "cases.admitted": 1, "cases.discharged": 1, "cases.died": 1,
    }  # fmt: skip
    assert (first.links.created, first.links.infectors_unlisted) == (3, 1)
    by_number = {detail.get("number_in_list"): detail["case"] for *_, detail in told("cases.reported")}
    assert {(one[3]["infector"], one[3]["case"]) for one in told("cases.source_told")} >= {
        (by_number["A1"], by_number["A2"]), (by_number["A2"], by_number["A4"]),
    }  # fmt: skip
    changed = store(HEADER + FIRST + SECOND.replace("2022-10-06", "2022-10-05") + third, source="WHO")
    assert (changed.receipt.created, changed.receipt.matched, list(changed.corrected)) == (0, 3, [3])
    assert (changed.links.created, changed.links.matched) == (0, 3)
    assert {count.created for count in changed.courses.values()} == {0}
