"""A district, its people, and a clock: what tracing's journeys need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connections, transaction

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.rows import records
from yanmen.loop import facts, reading
from yanmen.loop.catalogue import catalogue
from yanmen.loop.run import TurnReport, settle
from yanmen.registry import people
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.tracing import actions

CITY, DISTRICT, COUNTY = "1407", "140702", "140727"
PLACES = {
    "14": ("province", "山西省"),
    CITY: ("city", "晋中市"),
    DISTRICT: ("county", "榆次区"),
    COUNTY: ("county", "祁县"),
}
BY = "test"


def moment(text: str) -> datetime:
    """A day (at nine) or a minute, in Beijing."""
    found = datetime.fromisoformat(text)
    return found.replace(hour=found.hour or 9, tzinfo=BEIJING)


class District:
    """People, what happens to them, and the turn that follows."""

    scope: Scope = system("14", purpose="control")

    @contextmanager
    def acting(self) -> Iterator[Scope]:
        with acting(self.scope) as scope:
            yield scope

    def person(self, name: str, area: str = DISTRICT) -> int:
        with self.acting():
            return people.register_person(name=name, area=area, by=BY, now=moment("2019-01-01")).pk

    def record(self, kind: str, who: int, at: str, /, recorded: str = "", area: str = DISTRICT, **detail: Any) -> Any:
        with self.acting():
            return facts.record(
                kind, person=who, area=area, occurred_at=moment(at), by=BY, now=moment(recorded or at), detail=detail
            )

    def case(self, who: int, at: str, **detail: Any) -> str:
        """A report; its number is the key of the case."""
        return str(self.record("cases.reported", who, at, **{"kind": "confirmed", "setting": "community"} | detail))

    def contact(self, who: int, case: str, *, last: str, found: str, **about: Any) -> Any:
        with self.acting() as scope:
            return actions.record_contact(
                scope=scope,
                person=who,
                case=case,
                last_exposed=date.fromisoformat(last),
                by=BY,
                now=moment(found),
                **about,
            )

    def test(self, who: int, at: str, result: str = "negative", recorded: str = "") -> Any:
        """A sample, and its result the same day (or when it was recorded)."""
        self.record("screening.sampled", who, at)
        return self.record("screening.result", who, at, recorded or at, result=result, method="nat")

    def turn(self, at: str) -> TurnReport:
        return settle(now=moment(at) + timedelta(minutes=1))

    def days(self, first: str, last: str) -> None:
        """A turn early each day, both days included."""
        day, until = moment(first), local_date(moment(last))
        while local_date(day) <= until:
            settle(now=day.replace(hour=1))
            day += timedelta(days=1)

    def measures(self, who: int, rule: str = "") -> list[tuple[str, str, str, str | None, str]]:
        """Rule, state, day 0, last day and why it ended, in the order imposed."""
        return self.rows(
            "SELECT rule, state, count_from::text, last_day::text, end_reason FROM loop_measure"
            " WHERE subject_type = 'person' AND subject = %s AND (%s = '' OR rule = %s) ORDER BY id",
            who, rule, rule,
        )  # fmt: skip

    def tests(self, who: int, *states: str) -> list[str]:
        """Days of the tests that are still owed (or in these states)."""
        return [day for (day,) in self.tasks(who, "test", list(states or ("open",)))]

    def tasks(self, who: int, kind: str, states: list[str]) -> list[tuple[str]]:
        return self.rows(
            "SELECT DISTINCT local_date(opens_at)::text FROM loop_task WHERE subject_type = 'person' AND subject = %s"
            " AND kind = %s AND state = ANY(%s) ORDER BY 1",
            who, kind, states,
        )  # fmt: skip

    def plan(self, who: int, day: str) -> dict[str, Any]:
        with self.acting() as scope:
            return reading.plan(scope, who, as_of=date.fromisoformat(day))

    def rows(self, query: str, *values: Any, alias: str = "loop") -> list[Any]:
        with connections[alias].cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()


def make_areas() -> None:
    """The district and what lies around it."""
    found: dict[str, Area] = {}
    for code, (level, name) in PLACES.items():
        parent = found.get(code[:4]) if len(code) == 6 else found.get("14")
        found[code], _ = Area.objects.using("owner").get_or_create(
            code=code, defaults={"level": level, "name_zh": name, "parent": parent}
        )


def ask(name: str, who: int, at: str) -> list[dict[str, Any]]:
    """The rows of a relation about one person, as a turn at that moment would see them."""
    now = moment(at)
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS asked (subject bigint, member bigint) ON COMMIT DELETE ROWS")
        cursor.execute("INSERT INTO asked VALUES (%s, %s)", [who, who])
        cursor.execute(catalogue.relation(name).sql, {"as_of": local_date(now), "known_at": now})
        return records(cursor)
