"""Where cases stand in the picture of chains."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from yanmen.subsystems.tracing.methods.attribution import Attribution
from yanmen.subsystems.tracing.methods.chain_links import Source, closing
from yanmen.subsystems.tracing.methods.chain_picture import places

CASES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=60)


@given(CASES)
@settings(deadline=None, max_examples=60)
def test_no_two_cases_stand_on_each_other_and_each_within_its_day_and_band(drawn):
    names = [str(at) for at in range(len(drawn))]
    days = {name: day for name, (day, _) in zip(names, drawn, strict=True)}
    generations = {name: generation for name, (_, generation) in zip(names, drawn, strict=True)}
    found, bands = places(names, days, generations, {})
    assert len(set(found.values())) == len(names)
    assert bands == sorted(set(bands))
    assert len(bands) == max(generations.values()) + 2
    for name in names:
        across, down = found[name]
        assert round(across) == days[name]
        assert bands[generations[name]] < down < bands[generations[name] + 1]


def test_a_band_with_many_cases_of_a_day_is_higher():
    days = dict.fromkeys("abcdef", 0)
    found, bands = places("abcdef", days, days | {"f": 1}, {"f": "a"})
    assert bands[1] - bands[0] > bands[2] - bands[1]
    assert found["f"][0] == 0


def test_candidates_who_came_from_a_case_are_those_that_would_close_a_ring():
    found = {
        "a": Source("a", None, 0.4, "unknown"),
        "b": Source("b", "a", 0.7, "inferred"),
        "c": Source("c", "b", 0.9, "told"),
        "d": Source("d", "gone", 0.9, "told"),
        "x": Source("x", "y", 1.0, "told"),
        "y": Source("y", "x", 1.0, "told"),
    }
    weights = {"a": {"c": 0.5, "d": 0.1}, "b": {"a": 0.7, "c": 0.2}, "c": {"b": 0.9}, "d": {"a": 0.3}, "x": {"y": 1.0}}
    said = [Attribution(case, each, 0.0, 0.0, 0.0) for case, each in weights.items()]
    assert closing(found, said) == {"a": {"c": 0.5}, "b": {"c": 0.2}}
