"""Known chains: the answers of the Ebola list, rings and other faults, and names that change nothing."""

from __future__ import annotations

import json
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yanmen.project.cli import main
from yanmen.subsystems.tracing.methods.pairs import Chains
from yanmen.subsystems.tracing.methods.serial_intervals import summarise
from yanmen.subsystems.tracing.tests.known_data import EBOLA, needs_data

PEOPLE = st.integers(0, 12).map(str)
PAIRS = st.lists(st.tuples(PEOPLE, PEOPLE), max_size=25)
ONSETS = st.dictionaries(PEOPLE, st.none() | st.integers(0, 30))


@pytest.fixture
def tracing(capsys):
    def call(*arguments):
        code = main(["tracing", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@needs_data
def test_the_ebola_list_gives_its_known_answers(tracing):
    code, said, _ = tracing("chains", "--linelist", EBOLA[0], "--contacts", EBOLA[1], "--json")
    found = json.loads(said)
    assert code == 0
    assert (found["cases"], found["pairs"], found["components"], found["largest"]) == (5829, 3800, 1711, 14)
    assert (found["depth"], found["offspring"]["most"], found["faults"]["rings"]) == (8, 6, [])
    interval = found["serial_interval"]
    assert (interval["n"], interval["median"]) == (2116, 9)
    assert (round(interval["mean"], 2), round(interval["sd"], 2)) == (11.06, 8.08)
    assert found["not_in_the_line_list"] == {"people": 1218, "infectees": 59}
    assert len(found["faults"]["unlisted"]) == 1218
    assert sum(size * number for size, number in ((int(a), b) for a, b in found["sizes"].items())) == 5511
    assert 0.34 < found["offspring"]["R_interval"][0] < found["offspring"]["R"] < 0.39


@needs_data
def test_the_command_says_it_in_both_languages(tracing):
    code, said, _ = tracing(
        "chains", "--linelist", EBOLA[0], "--contacts", EBOLA[1], "--quiet", 42, "--as-of", "2015-05-01"
    )
    assert code == 0
    for words in ("components: 1,711", "最长链 longest chain: 8", "均值 mean 11.06", "1,218 人 people", "活跃 active"):
        assert words in said


def test_every_fault_is_named_and_the_command_still_answers(tracing, tmp_path):
    people, pairs = tmp_path / "people.csv", tmp_path / "pairs.csv"
    people.write_text(
        "case_id,date_of_onset\na,2022-10-01\nb,2022-10-05\nc,2022-10-03\nd,07/10/2022\na,2022-10-09\n,2022-10-01\n"
    )
    pairs.write_text("infector,case_id\na,b\nb,c\nc,a\na,b\nd,d\nz,b\n,c\n")
    code, said, _ = tracing("chains", "--linelist", people, "--contacts", pairs)
    assert code == 0
    for words in (
        "a → b → c",
        "b → c → -2",
        "linelist:5 date_of_onset 07/10/2022",
        "linelist:6 case_id a",
        "contacts:5 infector a → b",
    ):
        assert words in said
    assert "contacts:6 infector d" in said
    assert "contacts:8 infector" in said
    assert "多个感染来源 several infectors: 1" in said


def test_a_file_without_its_columns_is_refused_in_both_languages(tracing, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text("name,day\na,2022-10-01\n")
    code, _, said = tracing("chains", "--linelist", people, "--contacts", people)
    assert code == 1
    assert "不是病例清单" in said
    assert "it is no line list" in said
    people.write_bytes("编号".encode("gb18030"))
    assert tracing("chains", "--linelist", people, "--contacts", people)[0] == 1
    assert tracing("chains", "--linelist", tmp_path / "none.csv", "--contacts", people)[0] == 1


def test_generations_follow_the_longest_way_and_a_chain_ends_when_it_is_quiet():
    chains = Chains({"a": 0, "b": 4, "c": 9}, [("a", "b"), ("b", "c"), ("a", "c"), ("x", "y")])
    assert chains.generations == {"a": 0, "b": 1, "c": 2, "x": 0, "y": 1}
    long, unknown = chains.components
    assert (long.people, long.depth, long.last_onset) == (("a", "b", "c"), 2, 9)
    assert long.active(today=18, quiet_days=10)
    assert not long.active(today=19, quiet_days=10)
    assert unknown.active(today=19, quiet_days=10) is None


def test_intervals_below_zero_are_kept():
    found = summarise([5, -1, 3])
    assert (found.n, found.negative, found.median) == (3, 1, 3)
    assert found.sd == pytest.approx(statistics.stdev([5, -1, 3]))
    assert summarise([]).mean is None
    assert summarise([4]).sd is None


@given(ONSETS, PAIRS)
@settings(deadline=None, max_examples=60)
def test_every_person_and_pair_is_counted_once(onsets, pairs):
    chains = Chains(onsets, pairs)
    named = {person for pair in pairs if pair[0] != pair[1] for person in pair}
    assert sorted(person for chain in chains.components for person in chain.people) == sorted(named)
    assert set(chains.alone) == onsets.keys() - named
    assert sum(chains.offspring.values()) == len({pair for pair in pairs if pair[0] != pair[1]}) == len(chains.pairs)
    assert chains.offspring.keys() == onsets.keys() | named
    known = set(chains.pairs)
    for ring in chains.rings:
        assert all(pair in known for pair in zip(ring, (*ring[1:], ring[0]), strict=True))


@given(ONSETS, PAIRS, st.permutations([str(each) for each in range(13)]))
@settings(deadline=None, max_examples=40)
def test_other_names_give_the_same_figures(onsets, pairs, names):
    def figures(chains):
        return (
            sorted((chain.size, chain.depth, chain.last_onset or -1) for chain in chains.components),
            sorted(chains.offspring.values()), sorted(chains.intervals.values()), len(chains.rings),
        )  # fmt: skip

    renamed = Chains(
        {names[int(case)]: day for case, day in onsets.items()}, [(names[int(a)], names[int(b)]) for a, b in pairs]
    )
    assert figures(Chains(onsets, pairs)) == figures(renamed)
