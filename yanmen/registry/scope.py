"""Who asks, in which role, where and what for. Nothing is read without a Scope.

It holds twice: `scope.within(...)` in queries, and row-level security in PostgreSQL for the statements inside
`acting(scope)`. The settings are local to the transaction, so a pooled connection carries nothing over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.db import connections, transaction

from yanmen.base import area_codes
from yanmen.base.refusals import NotAllowed

CONTROL, CARE, INSPECTION, OPERATION = "control", "care", "inspection", "operation"
STATISTICS, ADMINISTRATION = "statistics", "administration"
PURPOSES = {
    CONTROL: ("疫情防控", "Epidemic control"),
    CARE: ("诊疗照护", "Care"),
    INSPECTION: ("监督检查", "Inspection"),
    OPERATION: ("系统运行", "Operation"),
    STATISTICS: ("统计分析", "Statistics"),
    ADMINISTRATION: ("账号管理", "Administration"),
}
WITHOUT_PEOPLE = (STATISTICS, ADMINISTRATION)
SELF = "self"
"""Somebody who asks for themselves, on their own device: never granted to an account."""
_SETTINGS = ("area", "purpose", "account", "person", "now", "key")


class Filterable(Protocol):
    """A manager or a query set."""

    def filter(self, *conditions: Any, **lookups: Any) -> Any:
        """Rows that fit."""


Rows = TypeVar("Rows", bound=Filterable)


@dataclass(frozen=True)
class Scope:
    """An account acting in one role, in one area and all below it, for one purpose."""

    account: int | None
    role: str
    area: str
    purpose: str = CONTROL
    person: int | None = None

    def __post_init__(self) -> None:
        area_codes.level_of(self.area)
        if not self.purpose or not self.role:
            raise NotAllowed(
                "缺少角色或用途。请先选择身份。", "A scope needs a role and a purpose. Choose a grant first."
            )

    @property
    def by(self) -> str:
        """How facts and registry rows are signed."""
        if self.purpose == SELF:
            return f"person:{self.person}"
        return f"account:{self.account}" if self.account is not None else self.role

    @property
    def sees_people(self) -> bool:
        """Whether the purpose may see people at all."""
        return self.purpose not in WITHOUT_PEOPLE

    def includes(self, area: str) -> bool:
        """Whether an area is this one or lies in it."""
        return area_codes.contains(self.area, area)

    def require(self, area: str) -> None:
        """Refuse what lies outside."""
        if not self.includes(area):
            raise NotAllowed(
                f"{area} 不在您的管辖范围（{self.area}）内。请联系当地处理。",
                f"{area} is outside your area ({self.area}). Ask the unit responsible there.",
                field="area",
                value=area,
            )

    def within(self, rows: Rows, field: str) -> Any:
        """Only rows whose area code, at `field` (`"area"`, `"site__area"`), lies in the scope."""
        return rows.filter(**{f"{field}__gte": self.area, f"{field}__lt": self.area + "~"})

    def narrowed(self, area: str) -> "Scope":
        """The same scope for a smaller area."""
        self.require(area)
        return replace(self, area=area)


def oneself(person: int, area: str) -> Scope:
    """The scope of a person on their own device: they see themselves, and nobody else of their area."""
    return Scope(account=None, role="holder", area=area, purpose=SELF, person=person)


def system(area: str, *, purpose: str = OPERATION) -> Scope:
    """The scope of the program itself: commands run by the operator of the machine."""
    return Scope(account=None, role="system", area=area, purpose=purpose)


@contextmanager
def acting(scope: Scope, *, using: str = "default", now: datetime | None = None) -> Iterator[Scope]:
    """A transaction in which row-level security lets through what the scope may see, and nothing else.

    Scopes nest: the outer one holds again afterwards. `now` matters only while the glass is broken.
    """
    wanted = {
        "area": scope.area,
        "purpose": scope.purpose,
        "account": "" if scope.account is None else str(scope.account),
        "person": "" if scope.person is None else str(scope.person),
        "now": now.isoformat() if now else "",
    }
    with settings(wanted, using=using):
        yield scope


@contextmanager
def settings(wanted: dict[str, str], *, using: str = "default") -> Iterator[None]:
    """A transaction with these `yanmen.*` settings and no others; the former ones return afterwards, or end with it."""
    outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        before = _exchange({name: wanted.get(name, "") for name in _SETTINGS}, using)
        yield
        if not outermost:
            _exchange(before, using)


def _exchange(wanted: dict[str, str], using: str) -> dict[str, str]:
    """Set them for the rest of the transaction. What they were: read before anything is set."""
    names = [f"yanmen.{name}" for name in wanted]
    olds = ", ".join(f"coalesce(current_setting(%s, true), '') AS o{number}" for number in range(len(names)))
    news = ", ".join("set_config(%s, %s, true)" for _ in names)
    values = [part for name, value in zip(names, wanted.values(), strict=True) for part in (name, value)]
    with connections[using].cursor() as cursor:
        cursor.execute(f"WITH was AS MATERIALIZED (SELECT {olds}) SELECT was.*, {news} FROM was", [*names, *values])
        return dict(zip(wanted, cursor.fetchone()[: len(names)], strict=True))
