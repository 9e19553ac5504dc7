"""A village of four houses in winter 2022: a case, who lives with it, neighbours. Everybody here is synthetic."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from yanmen.base.clock import BEIJING
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Account, Household, Person
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.grid.kinds import MANAGER, WORKER

COUNTY, TOWN, VILLAGE, OTHER = "140702", "140702100", "140702100201", "140702100202"
AREAS = {"14": "山西省", "1407": "晋中市", COUNTY: "榆次区", TOWN: "合成镇", VILLAGE: "幸福村", OTHER: "邻村"}
PROVINCE = Scope(None, MANAGER.name, "14")


def at(text: str) -> datetime:
    """A minute in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


MORNING = at("2022-12-10 08:00")


def doors_made() -> dict[str, int]:
    """A door for every household and address; their numbers by address."""
    from yanmen.subsystems.grid import actions
    from yanmen.subsystems.grid.models import Door

    with acting(PROVINCE):
        actions.register_doors(scope=PROVINCE, area="14", by="test", now=MORNING)
    return dict(Door.objects.using("owner").values_list("address", "pk"))


def open_village() -> None:
    """Areas alone."""
    load_areas([AreaRow(code=code, name_zh=name) for code, name in AREAS.items()])


def home(address: str, *names: str, area: str = VILLAGE, born: date = date(1980, 1, 1), **about: Any) -> list[Person]:
    """A household and who lives in it."""
    with acting(PROVINCE):
        found = Household.objects.create(area=area, address=address, created_at=at("2022-01-01 09:00"))
        made = [
            people.register_person(
                name=name, area=area, address=address, born_on=born, by="test", now=at("2022-01-01 09:00"), **about
            )
            for name in names
        ]
        Person.objects.filter(pk__in=[each.pk for each in made]).update(household=found)
        return list(Person.objects.filter(pk__in=[each.pk for each in made]).order_by("pk"))


def crowd(doors: int, *, area: str = VILLAGE) -> list[int]:
    """Many households of two, three and four people, all with telephones: about 50 buildings of several entrances. Numbers of the people."""
    addresses = [
        f"幸福小区{n // 34 + 1}号楼{n % 34 // 12 + 1}单元{n % 12 // 2 + 1}0{n % 2 + 1}室" for n in range(doors)
    ]
    moment = at("2022-01-01 09:00")
    with acting(PROVINCE):
        homes = Household.objects.bulk_create(
            [Household(area=area, address=address, created_at=moment) for address in addresses], batch_size=2000
        )
        rows = [
            people.Details(
                name=f"合成{n}{'甲乙丙丁'[who]}", area=area, address=found.address, household=found.pk, born_on=date(1950 + n % 60, 1, 1),
                phone=f"13{n % 10}{n:04d}{who:04d}", synthetic=True,
            )
            for n, found in enumerate(homes)
            for who in range(2 + n % 3)
        ]  # fmt: skip
        made = people.register_people(rows, by="test", now=moment)
    return [each.person for each in made if isinstance(each, people.Registered)]


def record(kind: str, who: int, moment: datetime, /, **detail: Any) -> Any:
    """Something happened to somebody of the village."""
    with acting(PROVINCE):
        area = Person.objects.get(pk=who).area
        return facts.record(kind, person=who, area=area, occurred_at=moment, by="test", now=moment, detail=detail)


def held_at_home(*who: Person) -> str:
    """These people live with a case that is isolated at home: five days at home, antigen tests on the first four."""
    first = at("2022-12-09 20:00")
    case = str(record("cases.reported", home("合成路9号", "病例")[0].pk, first, kind="confirmed", setting="community"))
    for each in who:
        record(
            "tracing.co_resident_found", each.pk, first, case=case, last_exposed="2022-12-09", first_exposed="2022-12-08", via="household"
        )  # fmt: skip
    settle(now=first)
    settle(now=MORNING)
    return case


def worker_scope(area: str = VILLAGE) -> Scope:
    """A grid worker of the village."""
    return Scope(None, WORKER, area)


def newest_account() -> int:
    """The account that signed in last."""
    return int(Account.objects.using("owner").order_by("-pk").values_list("pk", flat=True)[0])


def kinds_of(who: int) -> list[str]:
    """Kinds of the facts about somebody, in order."""
    from yanmen.loop.models import Fact

    return list(
        Fact.objects.using("owner").filter(person_id=who).order_by("recorded_at", "kind").values_list("kind", flat=True)
    )


def tasks_of(who: int, state: str = "open") -> list[str]:
    """Tasks about somebody."""
    from yanmen.loop.models import Task

    rows = Task.objects.using("owner").filter(subject=who, subject_type="person", state=state)
    return sorted(set(rows.values_list("kind", flat=True)))
