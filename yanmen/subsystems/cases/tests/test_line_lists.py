"""Line lists of others, with answers that are known: every line taken, repaired or refused, and the sums equal."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date
from pathlib import Path
from statistics import mean, median, stdev

import pytest

from yanmen.subsystems.cases.methods.godata import is_part, read_export
from yanmen.subsystems.cases.methods.line_list_links import read_links
from yanmen.subsystems.cases.methods.line_list_sheets import open_sheet
from yanmen.subsystems.cases.methods.line_lists import read_line_list

ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("YANMEN_DATA") or ROOT.parent / "shared" / "data")
LISTS, SORMAS, GODATA = DATA / "linelists", DATA / "sormas_import", DATA / "godata/analytics/r-reporting/data"
TODAY = date(2026, 11, 22)
NIGERIA = {"Abia": {"Umuahia North", "Bende"}}

pytestmark = pytest.mark.skipif(not LISTS.is_dir(), reason="the line lists are not here: set YANMEN_DATA")


def read(path, **about):
    found = read_line_list(path.name, path.read_bytes(), today=TODAY, **about)
    sums = found.sums
    assert sums.rows == sums.taken + sums.repaired + sums.refused + sums.blank
    assert len(found.cases) == sums.taken + sums.repaired
    assert {fault.line for fault in found.faults if fault.verdict == "refused"}.isdisjoint(
        case.line for case in found.cases
    )
    return found


@pytest.mark.parametrize(
    ("name", "rows", "faults", "onsets"),
    [
        ("ebola_sim_clean__linelist.csv", 5829, {"outcome_early": 197}, 5829),
        ("fluH7N9_china_2013.csv", 136, {"doubtful": 2}, 126),
        ("smallpox_abakaliki_1967.csv", 32, {}, 32),
        ("varicella_sim_berlin.csv", 500, {}, 129),
        ("tianjin_singapore/COVID-19_Singapore_data_revised.csv", 93, {"no_incubation": 3, "own_infector": 1}, 83),
        ("tianjin_singapore/Tianjin 135 cases_revised.xlsx", 135, {"exchanged": 10, "names_nobody": 2}, 125),
    ],
)
def test_every_case_of_a_known_list_is_taken(name, rows, faults, onsets):
    found = read(LISTS / name)
    assert (len(found.cases), found.sums.rows, found.fault_counts) == (rows, rows, faults)
    assert sum(case.onset_on is not None for case in found.cases) == onsets


def test_the_school_counts_days_without_a_calendar():
    cases = read(LISTS / "norovirus_derbyshire_2001_school.csv").cases
    with (LISTS / "norovirus_derbyshire_2001_school.csv").open() as file:
        ill = [int(row["start_illness"]) for row in csv.DictReader(file) if row["start_illness"] != "0"]
    assert len(cases) == 492
    assert [case.onset_day for case in cases if case.onset_day] == ill
    assert cases[-1].extra["class"]


def test_the_dirty_ebola_list_is_repaired_line_by_line():
    found, clean = read(LISTS / "ebola_sim__linelist.csv"), read(LISTS / "ebola_sim_clean__linelist.csv")
    assert (found.sums.rows, found.sums.taken, found.sums.repaired, found.sums.refused) == (5888, 5461, 427, 0)
    assert found.fault_counts == {"outcome_early": 200, "misspelt": 179, "no_incubation": 59}
    by_id = {case.source_id: case for case in clean.cases}
    same_day = {fault.line for fault in found.faults if fault.code == "no_incubation"}
    assert {case.source_id for case in found.cases if case.line in same_day} == {
        case.source_id for case in found.cases
    } - by_id.keys()
    for case in found.cases:
        if case.source_id in by_id:
            other = by_id[case.source_id]
            assert (case.hospital, case.onset_on, case.infected_on, case.outcome_on) == (
                other.hospital, other.onset_on, other.infected_on, other.outcome_on,
            )  # fmt: skip


def test_nothing_that_was_written_is_lost():
    found = read(LISTS / "ebola_sim__linelist.csv")
    with (LISTS / "ebola_sim__linelist.csv").open() as file:
        rows = {row["case_id"]: row for row in csv.DictReader(file)}
    for case in found.cases:
        row = rows[case.source_id]
        assert case.extra["generation"] == row["generation"]
        for field, heading in (("hospital", "hospital"), ("infected_on", "date_of_infection"), ("outcome_on", "date_of_outcome")):  # fmt: skip
            assert row[heading] in (str(getattr(case, field) or ""), case.extra.get(heading))


def test_the_pairs_of_the_ebola_list_have_its_known_serial_intervals():
    path = LISTS / "ebola_sim_clean__contacts.csv"
    pairs = read_links(open_sheet(path.name, path.read_bytes()))
    assert (len(pairs.links), pairs.rows, pairs.refused) == (3800, 3800, 0)
    onset = {case.source_id: case.onset_on for case in read(LISTS / "ebola_sim_clean__linelist.csv").cases}
    serial = [
        (onset[each.case] - onset[each.infector]).days
        for each in pairs.links
        if onset.get(each.case) and onset.get(each.infector)
    ]
    assert len(serial) == 2116
    assert (round(mean(serial), 2), round(stdev(serial), 2), median(serial)) == (11.06, 8.08, 9)


def test_tianjin_says_who_infected_whom_in_words():
    cases = {case.source_id: case for case in read(LISTS / "tianjin_singapore/Tianjin 135 cases_revised.xlsx").cases}
    said = {"TJ9": ("TJ3",), "TJ12": ("TJ5",), "TJ43": ("TJ34", "TJ37"), "TJ47": ("TJ2", "TJ6"), "TJ83": ("TJ43", "TJ53"),
            "TJ44": ("TJ20", "TJ35"), "TJ127": ("TJ93", "TJ107", "TJ119", "TJ121"), "TJ34": (), "TJ126": ()}  # fmt: skip
    assert {name: cases[name].infectors for name in said} == said
    assert sum(len(case.infectors) for case in cases.values()) == 92
    assert cases["TJ126"].extra["Infection_source"] == "close contact of 68"
    assert Counter(case.outcome for case in cases.values()) == {"": 132, "died": 3}


def test_singapore_links_each_case_to_cases_of_the_list():
    cases = {case.source_id: case for case in read(LISTS / "tianjin_singapore/COVID-19_Singapore_data_revised.csv").cases}  # fmt: skip
    assert cases["1"].contacts == ("2", "3")
    assert cases["66"].contacts[:6] == ("68", "70", "71", "80", "83", "91")
    assert sum(len(case.contacts) for case in cases.values()) == 131
    assert all(each in cases for case in cases.values() for each in case.contacts)


def test_the_sormas_file_of_errors_is_refused_five_of_five():
    found = read(SORMAS / "sormas_import_test_errors.csv", divisions=NIGERIA)
    assert (found.kind, found.sums.refused, found.cases) == ("sormas", 5, ())
    assert [(fault.line, fault.column, fault.code) for fault in found.faults] == [
        (3, "person.firstName", "missing"),
        (4, "disease", "missing"),
        (5, "person.sex", "bad_word"),
        (6, "district", "missing"),
        (7, "district", "unknown_place"),
    ]


def test_the_sormas_line_listing_is_taken_five_of_five():
    found = read(SORMAS / "sormas_import_test_line_listing.csv", divisions=NIGERIA)
    assert (found.sums.taken, found.faults) == (5, ())
    first = found.cases[0]
    assert (first.name, first.born_on, first.onset_on) == ("Test One", date(1982, 7, 23), date(2019, 11, 18))


def test_a_sormas_day_that_decides_itself_is_read_and_one_that_does_not_is_not_guessed():
    path = SORMAS / "sormas_import_test_similarities.csv"
    assert read(path).cases[0].reported_on == date(2018, 11, 20)
    text = path.read_text().replace("11/20/2018", "11/12/2018").encode()
    (fault,) = read_line_list(path.name, text, today=TODAY).faults
    assert (fault.code, fault.column, fault.read) == ("ambiguous", "reportDate", "2018-12-11 / 2018-11-12")
    assert "--dates" in fault.remedy_en
    for order, day in (("dmy", date(2018, 12, 11)), ("mdy", date(2018, 11, 12))):
        assert read_line_list(path.name, text, today=TODAY, dates=order).cases[0].reported_on == day


def test_a_godata_export_keeps_every_link():
    sheets = [open_sheet(path.name, path.read_bytes()) for path in sorted(GODATA.glob("*.csv"))]
    found = read_export(sheet for sheet in sheets if is_part(sheet))
    assert found.counts == {
        "cases": 56, "contacts": 66, "events": 7, "relationships": 100, "followups": 437, "lab_results": 40,
    }  # fmt: skip
    assert found.ends() == {
        ("cases", "contacts"): 65, ("cases", "cases"): 21, ("events", "cases"): 13, ("cases", "events"): 1,
    }  # fmt: skip
    assert found.broken == ()


def test_godata_cases_are_a_line_list_too():
    found = read(GODATA / "cases_clean.csv")
    assert (found.kind, len(found.cases), found.fault_counts) == ("godata_cases", 56, {"outcome_early": 35})
    assert Counter(case.classification for case in found.cases) == {
        "confirmed": 31, "probable": 15, "suspected": 9, "no_case": 1,
    }  # fmt: skip


def test_a_link_to_nobody_is_told_and_kept():
    sheets = {path.stem: path.read_text() for path in GODATA.glob("*.csv")}
    first = sheets["followups_clean"].splitlines()[1]
    uuid = first.split(",")[2].strip('"')
    torn = sheets["contacts_clean"].replace(uuid, "nobody")
    found = read_export(
        open_sheet(name, text.encode())
        for name, text in {**sheets, "contacts_clean": torn}.items()
        if name not in ("teams_clean",)
    )
    assert found.counts["followups"] == 437
    assert {(each.part, each.value) for each in found.broken} >= {("followups", uuid)}
