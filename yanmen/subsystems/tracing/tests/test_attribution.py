"""Who infected whom: on outbreaks with known infectors, on Tianjin's links, and by properties that always hold."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yanmen.base.refusals import Refusal
from yanmen.subsystems.tracing.methods.attribution import Attribution, Belief, Contact, attribute
from yanmen.subsystems.tracing.methods.clusters import backward, clusters, forward
from yanmen.subsystems.tracing.methods.delays import Delay, gamma_delay, lognormal_delay
from yanmen.subsystems.tracing.methods.pairs import Chains
from yanmen.subsystems.tracing.methods.trees import likeliest_tree
from yanmen.subsystems.tracing.tests.known_data import DATA, LISTS
from yanmen.subsystems.tracing.tests.outbreaks import Truth, nearest_previous, outbreak

ALL = 10**6
SERIAL = Delay(-1, (0.1, 0.1, 0.2, 0.3, 0.2, 0.1))
BELIEF = Belief(serial=SERIAL, R=1.0, background=0.05, found=0.6, chance=0.1)
TIANJIN = LISTS / "tianjin_singapore" / "Tianjin 135 cases_revised.xlsx"
DISCR_SI = DATA / "epiestim" / "discr_si_reference.csv"


@pytest.fixture(scope="module", params=[True, False], ids=["contacts with days", "contacts without days"])
def weighed(request):
    """Outbreaks, each with the attributions that the method gives."""
    truth = Truth(dated=request.param, days=90)
    drawn = [outbreak(seed, truth) for seed in range(3)]
    return [(each, attribute(each.onsets, truth.belief(), contacts=each.contacts, keep=ALL)) for each in drawn]


def nearest_met(known) -> dict[str, dict[str, float]]:
    """A harder rival: the nearest previous onset among the people whom a case is known to have met."""
    met: dict[str, list[str]] = {}
    for each in known.contacts:
        met.setdefault(each.one, []).append(each.other)
        met.setdefault(each.other, []).append(each.one)
    found = {}
    for case, day in known.onsets.items():
        before = [other for other in met.get(case, ()) if known.onsets[other] < day]
        last = max((known.onsets[other] for other in before), default=0)
        nearest = [other for other in before if known.onsets[other] == last]
        found[case] = {other: 1 / len(nearest) for other in nearest}
    return found


def test_it_names_the_true_infector_first_more_often_than_the_nearest_previous_onset(weighed):
    method = nearest = met = cases = 0.0
    for known, attributions in weighed:
        by_onset, by_contact = nearest_previous(known.onsets), nearest_met(known)
        for each in attributions:
            if infector := known.infectors[each.case]:
                cases += 1
                method += next(iter(each.weights), None) == infector
                nearest += by_onset[each.case].get(infector, 0)
                met += by_contact[each.case].get(infector, 0)
    assert cases > 300
    print(f"first: {method / cases:.1%}; nearest previous onset {nearest / cases:.1%}, of those met {met / cases:.1%}")
    assert method > 5 * nearest
    assert method > 1.1 * met


def test_weights_mean_what_they_say(weighed):
    weights, right = [], []
    for known, attributions in weighed:
        for each in attributions:
            infector = known.infectors[each.case]
            for source, weight in [(None, each.unknown), *each.weights.items()]:
                weights.append(weight)
                right.append(source == infector)
    said, was = np.array(weights), np.array(right)
    bins = np.digitize(said, [0.02, 0.1, 0.2, 0.4, 0.6, 0.8])
    for each in range(7):
        inside = bins == each
        expected = said[inside].mean()
        tolerance = 0.02 + 3 * (expected * (1 - expected) / inside.sum()) ** 0.5
        assert abs(was[inside].mean() - expected) < tolerance, (each, expected, was[inside].mean(), inside.sum())


def test_the_less_doubt_the_more_often_it_is_right(weighed):
    pairs = [(each, known.infectors[each.case]) for known, found in weighed for each in found]
    pairs.sort(key=lambda pair: pair[0].entropy)
    half = len(pairs) // 2
    sure, unsure = (sum(each.likeliest == infector for each, infector in part) for part in (pairs[:half], pairs[half:]))
    assert sure > 1.3 * unsure


def test_the_tree_has_no_ring(weighed):
    known, attributions = weighed[0]
    tree = likeliest_tree(attributions)
    assert tree.keys() == known.onsets.keys()
    assert Chains(known.onsets, [(source, case) for case, source in tree.items() if source]).rings == []


def test_two_introductions_far_apart_are_told_apart():
    onsets = {"a1": 0, "a2": 3, "a3": 6, "b1": 1, "b2": 4, "b3": 7}
    met = [Contact("a1", "a2"), Contact("a2", "a3"), Contact("b1", "b2"), Contact("b2", "b3")]
    found = attribute(onsets, Belief(SERIAL, R=1.0, background=0.02, found=0.95, chance=0.01), contacts=met)
    assert clusters(found, least=0.5) == [("a1", "a2", "a3"), ("b1", "b2", "b3")]
    assert list(forward(found, "a1", least=0.5)) == ["a2", "a3"]
    assert list(backward(found, "b3", least=0.5)) == ["b2", "b1"]
    assert len(clusters(found, least=1.0)) == 6


def test_two_who_fell_ill_together_do_not_infect_each_other():
    given_ = [
        Attribution("a", {"b": 0.9}, 0.1, 0, 0),
        Attribution("b", {"a": 0.8}, 0.2, 0, 0),
        Attribution("c", {"b": 1.0}, 0.0, 0, 0),
    ]
    assert likeliest_tree(given_) == {"a": "b", "b": None, "c": "b"}
    nobody = [Attribution("a", {"b": 1.0}, 0.0, 0, 0), Attribution("b", {"a": 1.0}, 0.0, 0, 0)]
    assert sorted(likeliest_tree(nobody).values(), key=str) in (["a", None], ["b", None], [None, "a"], [None, "b"])


def test_the_day_of_a_contact_tells_between_two_candidates():
    onsets = {"early": 0, "late": 0, "case": 6}
    belief = Belief(
        SERIAL.then(Delay(3, (1.0,))), R=1, background=0.01, found=0.6, chance=0.05,
        incubation=gamma_delay(4, 1), infecting=Delay(0, (0.5, 0.5)), asked_days=14,
    )  # fmt: skip
    met = [Contact("early", "case", days=(1, 1)), Contact("late", "case", days=(5, 5))]
    found = attribute(onsets, belief, contacts=met)[2]
    assert found.likeliest == "early"
    assert found.weights["early"] > 0.9


def test_a_contact_on_days_that_do_not_fit_is_no_worse_than_none():
    belief = Belief(
        SERIAL, R=1, background=0.01, found=0.6, chance=0.05,
        incubation=gamma_delay(4, 1), infecting=Delay(0, (0.5, 0.5)), asked_days=14,
    )  # fmt: skip
    onsets = {"a": 0, "b": 2}
    found = [attribute(onsets, belief, contacts=met)[1] for met in ([], [Contact("a", "b", days=(-9, -9))])]
    assert found[0] == found[1]


def test_a_surer_contact_weighs_more():
    onsets = {"a": 0, "b": 0, "c": 2}
    found = [
        attribute(onsets, BELIEF, contacts=[Contact("a", "c", sure), Contact("a", "c", sure)])[2].weights["a"]
        for sure in (0, 0.3, 0.6, 1)
    ]
    assert found == sorted(set(found))


def test_a_case_without_a_day_or_a_candidate_has_an_unknown_source():
    first, later, undated = attribute({"a": 0, "b": 40, "c": None}, BELIEF, contacts=[Contact("b", "c")])
    assert first.unknown == later.unknown == undated.unknown == 1
    assert first.likeliest is None
    assert attribute({}, BELIEF) == []


def test_numbers_that_cannot_be_are_refused():
    for wrong in ({"R": 0}, {"found": 1}, {"chance": 0}, {"background": -1}):
        with pytest.raises(Refusal):
            Belief(**{"serial": SERIAL, "R": 1.0, "background": 0.0, "found": 0.5, "chance": 0.5} | wrong)
    for contact in (Contact("a", "b", certainty=1.1), Contact("a", "b", days=(3, 2))):
        with pytest.raises(Refusal):
            attribute({"a": 0, "b": 1}, BELIEF, contacts=[contact])
    with pytest.raises(Refusal):
        Delay(0, (0.5, 0.4))


CASES = st.dictionaries(st.integers(0, 9).map(str), st.none() | st.integers(0, 12), min_size=1)
NAMES = st.integers(0, 9).map(str)
MET = st.lists(st.builds(Contact, NAMES, NAMES, st.floats(0, 1)), max_size=8)


@given(CASES, MET, st.integers(0, 4))
@settings(deadline=None, max_examples=60)
def test_weights_of_a_case_make_one(onsets, contacts, keep):
    for each in attribute(onsets, BELIEF, contacts=contacts, keep=keep):
        assert sum(each.weights.values()) + each.others + each.unknown == pytest.approx(1)
        assert len(each.weights) <= keep
        assert each.case not in each.weights
        assert each.entropy >= 0
        assert list(each.weights.values()) == sorted(each.weights.values(), reverse=True)


@given(CASES, MET, st.permutations([str(each) for each in range(10)]), st.integers(-100, 100))
@settings(deadline=None, max_examples=40)
def test_other_names_and_another_first_day_give_the_same_weights(onsets, contacts, names, moved):
    def new(case):
        return names[int(case)]

    renamed = attribute(
        {new(case): None if day is None else day + moved for case, day in onsets.items()},
        BELIEF,
        contacts=[Contact(new(each.one), new(each.other), each.certainty) for each in contacts],
    )
    for one, other in zip(attribute(onsets, BELIEF, contacts=contacts), renamed, strict=True):
        assert other.case == new(one.case)
        assert other.weights == pytest.approx({new(case): weight for case, weight in one.weights.items()})
        assert other.unknown == pytest.approx(one.unknown)


@given(CASES, MET)
@settings(deadline=None, max_examples=40)
def test_any_attributions_have_a_tree_without_rings(onsets, contacts):
    tree = likeliest_tree(attribute(onsets, BELIEF, contacts=contacts))
    assert not Chains(onsets, [(source, case) for case, source in tree.items() if source]).rings


@pytest.mark.skipif(not DISCR_SI.exists(), reason="values of EpiEstim are not here: set YANMEN_DATA")
def test_a_gamma_by_days_is_that_of_epiestim():
    rows = list(csv.DictReader(DISCR_SI.read_text().splitlines()))
    laws = {key: gamma_delay(*map(float, key), shift=1) for key in {(row["mean"], row["sd"]) for row in rows}}
    for row in rows:
        chance = laws[row["mean"], row["sd"]].at(np.array([int(row["k"])]))[0]
        assert chance == pytest.approx(float(row["w"]), abs=2e-6)


def test_delays_keep_their_mean_and_add_up():
    for delay in (gamma_delay(5, 2), lognormal_delay(5, 2), gamma_delay(0.5, 2, shift=-4)):
        assert delay.mean == pytest.approx(0.5 if delay.first < -1 else 5, abs=0.02)
    both = gamma_delay(5, 2).then(gamma_delay(0.5, 2, shift=-4))
    assert both.mean == pytest.approx(5.5, abs=0.02)
    assert both.at(np.array([[-400, 400]])).tolist() == [[0, 0]]


@pytest.mark.skipif(not TIANJIN.exists(), reason="the cases of Tianjin are not here: set YANMEN_DATA")
def test_tianjins_stated_sources_come_first_and_those_who_name_each_other_are_a_ring():
    onsets, named = tianjin()
    assert len(onsets) == 135
    chains = Chains(onsets, [(source, case) for case, sources in named.items() for source in sources])
    assert ("TJ114", "TJ115") in chains.rings
    contacts = [Contact(case, source) for case, sources in named.items() for source in sources]
    belief = Belief(gamma_delay(4.2, 4.0, shift=-4), R=1.0, background=0.5, found=0.7, chance=0.02)
    found = {each.case: each for each in attribute(onsets, belief, contacts=contacts)}
    one = {case: sources[0] for case, sources in named.items() if len(sources) == 1}
    told = [(case, source) for case, source in one.items() if None not in (onsets[case], onsets.get(source))]
    first = sum(next(iter(found[case].weights), None) == source for case, source in told)
    print(f"stated source first: {first} of {len(told)}")
    assert first > 0.7 * len(told)


def tianjin() -> tuple[dict[str, int | None], dict[str, list[str]]]:
    """Onsets as day numbers, and the cases that each case's source names. A date in a form that may be read two ways is unknown."""
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(TIANJIN).get_sheet_by_name("cases").to_python()[1:]
    onsets: dict[str, int | None] = {}
    named: dict[str, list[str]] = {}
    for row in rows:
        case, onset, source = str(row[0]), row[3], str(row[6])
        plain = isinstance(onset, str) and re.fullmatch(r"\d\d/\d\d/\d{4}", onset)
        onsets[case] = (
            date.toordinal(datetime.strptime(onset, "%d/%m/%Y").date()) if plain else None  # noqa: DTZ007
        )
        numbers = re.findall(r"\d+", source) if re.search(r"(?i)case|TJ", source) else []
        named[case] = [f"TJ{number}" for number in numbers if f"TJ{number}" != case]
    return onsets, named
