"""The clocks of an event: what was met, what is late, and what cannot be."""

from datetime import date

from yanmen.base.seven_one_seven import Event, Targets, clocks

TODAY = date(2022, 10, 20)


def states(event, **more):
    return [clock.state for clock in clocks(event, today=TODAY, **more)]


def test_an_event_that_met_all_three():
    event = Event(date(2022, 10, 1), date(2022, 10, 8), date(2022, 10, 9), date(2022, 10, 16))
    assert states(event) == ["met", "met", "met"]
    assert [clock.days for clock in clocks(event, today=TODAY)] == [7, 1, 7]
    assert states(event, targets=Targets(6, 1, 7)) == ["missed", "met", "met"]


def test_a_clock_runs_until_its_last_day_and_then_is_overdue():
    event = Event(emerged=None, detected=date(2022, 10, 11), notified=date(2022, 10, 13))
    assert states(event) == ["not_begun", "missed", "running"]
    response = clocks(event, today=date(2022, 10, 21))[2]
    assert (response.state, response.days, response.due) == ("overdue", 8, TODAY)


def test_dates_the_wrong_way_round_are_named():
    assert states(Event(date(2022, 10, 9), date(2022, 10, 3)))[0] == "backwards"
