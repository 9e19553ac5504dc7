"""Which stays the rules see, and with which tier."""

HIGH, MEDIUM, LOW = (f"arrivals.from_{tier}_risk_area" for tier in ("high", "medium", "low"))
VILLAGE, NEIGHBOUR, TOWNSHIP, COUNTY = "140121100201", "140121100202", "140121101", "140121"


def test_a_stay_inside_the_zone_has_the_tier_of_the_zone(office):
    person, _ = office.declare("2022-08-22", origin=VILLAGE, left="2022-08-22")
    office.case("2022-08-23", VILLAGE)
    office.turn("2022-08-23")
    assert office.owed(person) == {HIGH: ("2022-08-22", "2022-08-29")}


def test_the_rest_of_the_county_counts_as_low(office):
    near, _ = office.declare("2022-08-22", origin=NEIGHBOUR, left="2022-08-22")
    far, _ = office.declare("2022-08-22", origin=TOWNSHIP, left="2022-08-22")
    coarse, _ = office.declare("2022-08-22", origin=COUNTY, left="2022-08-22")
    office.case("2022-08-23", VILLAGE)
    office.turn("2022-08-23")
    assert [set(office.owed(person)) for person in (near, far, coarse)] == [{LOW}] * 3


def test_another_county_of_the_city_is_left_alone(office):
    person, _ = office.declare("2022-08-22", origin="140105", left="2022-08-22")
    office.case("2022-08-23", VILLAGE)
    office.turn("2022-08-23")
    assert office.owed(person) == {}


def test_who_comes_after_the_zone_was_drawn_owes_it_at_once(office):
    office.case("2022-08-20", VILLAGE)
    office.turn("2022-08-20")
    person, _ = office.declare("2022-08-22", origin=VILLAGE, left="2022-08-22")
    office.turn("2022-08-22")
    assert set(office.owed(person)) == {HIGH}


def test_after_the_step_down_the_same_village_counts_as_medium(office):
    office.case("2022-08-20", VILLAGE)
    office.turn("2022-08-20")
    person, _ = office.declare("2022-08-29", origin=VILLAGE, left="2022-08-29", since="2022-08-01")
    office.turn("2022-08-29")
    assert set(office.owed(person)) == {MEDIUM}


def test_somebody_who_left_long_before_owes_nothing(office):
    person, _ = office.declare("2022-08-15", origin=VILLAGE, left="2022-08-15")
    office.case("2022-08-23", VILLAGE)
    office.turn("2022-08-23")
    assert office.owed(person) == {}


def test_a_resident_of_the_zone_is_under_the_zone_and_not_an_arrival(office):
    resident = office.person(VILLAGE)
    person, _ = office.declare("2022-08-22", origin=VILLAGE, left="2022-08-22", person=resident)
    office.case("2022-08-23", VILLAGE)
    office.turn("2022-08-23")
    assert office.owed(person) == {}


def test_correcting_the_day_of_departure_moves_day_0_without_a_new_measure(office):
    from yanmen.loop.models import Measure

    traveller = office.person()
    person, first = office.declare("2022-08-22", origin=VILLAGE, left="2022-08-21", person=traveller)
    office.case("2022-08-22", VILLAGE)
    office.turn("2022-08-22")
    again, second = office.declare("2022-08-22", origin=VILLAGE, left="2022-08-22", person=traveller)
    office.turn("2022-08-22")
    assert (again, second) == (person, first)
    assert office.owed(person) == {HIGH: ("2022-08-22", "2022-08-29")}
    assert Measure.objects.using("owner").filter(subject_type="person", rule=HIGH).count() == 1


def test_declaring_twice_is_declaring_once(office):
    from yanmen.loop.models import Fact

    traveller = office.person()
    told = {office.declare("2022-08-22", origin=VILLAGE, left="2022-08-22", person=traveller) for _ in range(3)}
    assert len(told) == 1
    assert Fact.objects.using("owner").filter(kind="arrivals.declared").count() == 1


def test_a_journey_that_was_rerouted_is_handed_to_the_new_destination_whole(office):
    from datetime import date

    from yanmen.registry.models import Person
    from yanmen.registry.scope import acting
    from yanmen.subsystems.arrivals import actions, queries
    from yanmen.subsystems.arrivals.tests.conftest import moment

    person, key = office.declare("2022-08-22", origin=VILLAGE, left="2022-08-22")
    now = moment("2022-08-22", 10)
    changzhi = office.scope.narrowed("1404")
    with acting(changzhi):
        new = actions.reroute(
            scope=changzhi, journey=key, destination="140105", expected_on=date(2022, 8, 23), by="test", now=now
        )
        assert queries.journey(changzhi, key, now=now).stage == "rerouted"
        assert queries.journey(changzhi, new, now=now) is None
    taiyuan = office.scope.narrowed("1401")
    with acting(taiyuan):
        assert queries.journey(taiyuan, new, now=now).stage == "declared"
        assert Person.objects.get(pk=person).area == "140105"
