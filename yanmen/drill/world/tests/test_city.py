"""The synthetic city: structure as in the census, the same for the same seed."""

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.drill.world.city import Area, build
from yanmen.drill.world.figures import BANDS, INDUSTRIES, figures
from yanmen.drill.world.places import HOUSEHOLD, PUBLIC, SCHOOL_CLASS, WORKPLACE, Kind
from yanmen.drill.world.tests.towns import town

COUNTIES = ("140105", "140123")


@pytest.fixture(scope="module")
def city():
    return town(30_000, *COUNTIES)


@pytest.mark.parametrize("county", COUNTIES)
def test_a_county_has_the_ages_and_households_of_its_census(city, county):
    known, own = figures()[county], city.county == city.counties.index(county)
    shares = np.bincount(np.searchsorted(BANDS, city.age[own], side="right") - 1, minlength=18) / own.sum()
    assert np.allclose(shares, known.ages / known.ages.sum(), atol=1e-3)
    size = np.bincount(city.household[own])
    size = size[size > 0]
    assert size.mean() == pytest.approx(known.household_size, rel=0.04)
    assert (size == 1).mean() == pytest.approx(known.one_person, abs=0.02)
    assert city.male[own].mean() == pytest.approx(known.men, abs=0.02)


def test_everybody_lives_with_a_grown_up_and_children_with_their_parents(city):
    households = int(city.household.max()) + 1
    eldest = np.zeros(households, int)
    np.maximum.at(eldest, city.household, city.age)
    assert eldest.min() >= 18
    child = city.age < 12
    gap = eldest[city.household[child]] - city.age[child]
    assert 20 < np.median(gap) < 62
    assert len(np.unique(city.home[np.searchsorted(city.household, np.arange(households))])) == len(city.areas)


def test_children_learn_in_classes_of_their_age_with_a_teacher(city):
    pupils = (city.school_class >= 0) & (city.industry < 0)
    assert pupils[(city.age >= 6) & (city.age <= 14)].mean() > 0.99
    classes, at = np.unique(city.school_class[pupils], return_inverse=True)
    assert 25 < np.median(np.bincount(at)) < 45
    assert np.bincount(at).max() <= 56
    spread = [np.ptp(city.age[pupils][at == number]) for number in range(0, len(classes), 10)]
    assert max(spread) == 0
    teachers = (city.school_class >= 0) & (city.industry == INDUSTRIES.index("education"))
    assert np.isin(classes, city.school_class[teachers]).mean() > 0.9


def test_work_is_as_common_as_in_the_census_and_firms_are_of_every_size(city):
    for number, county in enumerate(city.counties):
        own = (city.county == number) & (city.age >= 15)
        assert (city.industry[own] >= 0).mean() == pytest.approx(figures()[county].employed, abs=0.03)
    assert not (city.workplace[city.industry == INDUSTRIES.index("agriculture")] >= 0).any()
    size = np.sort(np.bincount(city.workplace[city.workplace >= 0]))
    size = size[size > 0]
    assert np.median(size) <= 2
    assert size[-len(size) // 50 :].sum() > size.sum() / 4


def test_places_are_one_row_that_people_point_into(city):
    kind = city.places.kind
    assert (kind[city.household] == HOUSEHOLD).all()
    assert (kind[city.school_class[city.school_class >= 0]] == SCHOOL_CLASS).all()
    assert (kind[city.workplace[city.workplace >= 0]] == WORKPLACE).all()
    assert set(kind[city.places.public]) == set(PUBLIC)
    for each in PUBLIC:
        there = city.places.area[city.places.of(Kind(each))]
        assert {city.areas[area].county for area in there} == set(COUNTIES)
    assert np.abs(city.places.longitude - [city.areas[a].longitude for a in city.places.area]).max() < 0.03


def test_the_same_seed_gives_the_same_city_and_another_one_another():
    one, same, other = town(3_000, seed=3), town(3_000, seed=3), town(3_000, seed=4)
    for name in ("age", "home", "household", "school_class", "workplace", "has_phone", "complies"):
        assert np.array_equal(getattr(one, name), getattr(same, name))
    assert not np.array_equal(one.age, other.age)


@pytest.mark.parametrize(
    ("areas", "people", "says"), [([], 10, "at least one area"), ([Area("1", "140105", 0.0, 1, 1)], 10, "above 0")]
)
def test_a_city_of_nothing_is_refused(areas, people, says):
    with pytest.raises(Refusal, match=says):
        build(areas, people=people, figures=figures(), seed=1)


def test_phones_are_rarer_among_the_old(city):
    old = city.age >= 60
    assert 0.35 < city.has_phone[old].mean() < 0.55 < city.has_phone[~old].mean()
