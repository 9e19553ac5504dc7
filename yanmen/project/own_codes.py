"""What the command line needs of an installation to issue and judge codes: claims of a made-up person, what is published."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yanmen.base.changes import Changes
from yanmen.base.clock import local_date
from yanmen.base.credentials import Claims
from yanmen.base.identity import SYNTHETIC_PREFIX, mask_name
from yanmen.base.key_list import KeyList
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.refusals import Refusal
from yanmen.base.verdict import DoorPolicy
from yanmen.project import state

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Register:
    """What the register says of a person: area, colour, last negative test, masked name and document."""

    area: str
    colour: int
    negative_minutes: int | None
    hint: str


def pseudonym(person: int, now: datetime) -> bytes:
    """The person's name in the codes of this day."""
    names = Pseudonyms(bytes.fromhex(state.edge_secrets()["pseudonym_key"]))
    return names.make(person, (local_date(now) - EPOCH).days)


def claims(person: int, said: Register, *, now: datetime, lives: timedelta) -> Claims:
    """The claims of a phone's code; form and key are the caller's to change."""
    at = int(now.timestamp())
    return Claims(
        area=said.area,
        pseudonym=pseudonym(person, now),
        issued_at=at,
        not_before=at,
        expires_at=at + int(lives.total_seconds()),
        colour=said.colour,
        negative_minutes=said.negative_minutes,
    )


def registered(person: int, *, now: datetime) -> Register:
    """What the register says of a person who was made up for a drill; of nobody else is it told here."""
    from yanmen.registry import people
    from yanmen.registry.models import Person
    from yanmen.registry.scope import acting, oneself, system
    from yanmen.subsystems.health_code.kinds import HEALTH_CODE
    from yanmen.subsystems.health_code.queries import codes, own

    scope = system(_province())
    with acting(scope, now=now):
        found = codes.person(scope, person) or Person()
        document = people.masked(found, "id_number") if found.pk else ""
        if not document.startswith(SYNTHETIC_PREFIX):
            raise Refusal(
                "登记册中没有此编号的虚构人员。命令行只为演练用的虚构人员签发。",
                "No made-up person has this number. The command line issues codes to people made up for drills only.",
                field="person",
                value=str(person),
            )
        value = codes.code(scope, person, now=now)["value"]
        own_scope = oneself(person, found.area)
        with acting(own_scope, now=now):
            tests = own.own_tests(own_scope, now=now)
    negative = [each["sampled_at"] for each in tests if each["result"] and each["result"]["value"] == "negative"]
    return Register(
        area=found.area,
        colour=HEALTH_CODE.order.index(value),
        negative_minutes=int(max(negative).timestamp()) // 60 if negative else None,
        hint=f"{mask_name(found.name)} {document[-4:]}",
    )


def published(keys: KeyList, *, now: datetime) -> tuple[Changes | None, DoorPolicy]:
    """The newest list of changes and the rules of doors that this installation published."""
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.health_code.queries import documents
    from yanmen.subsystems.health_code.queries.doors import door_rules

    scope = system(_province())
    with acting(scope, now=now):
        newest = documents.newest(scope, documents.CHANGES)
    policy = DoorPolicy.of(door_rules(local_date(now)).policy)
    return (Changes.read(bytes(newest.body), keys, now) if newest else None), policy


def _province() -> str:
    from yanmen.registry.models import Area

    found = Area.objects.filter(level="province", valid_to=None).order_by("code").first()
    if found is None:
        raise Refusal("尚无行政区划。请先导入。", "There are no areas yet. Import them first.")
    return str(found.code)
