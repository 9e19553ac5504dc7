"""Panels of the wall: each subsystem contributes its own, and none knows another.

    @panel(name="rooms", zh="隔离房间", en="Rooms", order=50, width=4, role=(COMMAND, INSPECTOR),
           source=("隔离点登记的房间与在住", "rooms and stays as the sites record them"),
           nothing=("本辖区没有隔离点。", "No quarantine site in this area."), page="quarantine.sites")
    def rooms(scope, *, now):
        ...
        return {"free": 12, "all": 40}

The template is ``wall/rooms.html`` of the subsystem's folder; it draws the body alone: the frame with title, source and
time belongs to the desk. It is drawn once for all who look at the same area in the same role, without a request: no
forms, no names of the reader. The scope carries no account for the same reason. A figure is drawn by
``<p class="wall-number"><b>12</b> …</p>``, a chart as anywhere (``data-chart``).

Whoever has nothing to say returns None, and the wall says so in the panel's own words. A panel that fails shows that it
failed; the rest of the wall goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from yanmen.desk.pages import ANY, PAGES, names_of
from yanmen.loop.kinds import Role
from yanmen.registry.scope import Scope

COLUMNS = 12
NOTHING = ("暂时没有要说的。", "Nothing to say now.")

Read = Callable[..., "Mapping[str, Any] | None"]


@dataclass(frozen=True)
class Panel:
    """One panel of the wall: what it is called, who sees it, how wide it stands (of twelve), where its numbers come from."""

    name: str
    zh: str
    en: str
    order: int
    width: int
    roles: frozenset[str]
    source: dict[str, str]
    nothing: dict[str, str]
    page: str
    query: str
    place: str
    rest: int
    read: Read
    where: Callable[[], bool]

    @property
    def template(self) -> str:
        """Where its body stands."""
        return f"wall/{self.name}.html"

    def opens_for(self, role: str) -> bool:
        """Whether somebody in this role sees it."""
        return ANY in self.roles or role in self.roles

    def leads_on(self, role: str) -> bool:
        """Whether somebody in this role may open the list behind it."""
        return bool(self.page) and PAGES[self.page].opens_for(role)


PANELS: dict[str, Panel] = {}
PLACES = ("top", "map", "middle", "side", "band")


def panel(
    *,
    name: str,
    zh: str,
    en: str,
    order: int,
    role: str | Role | Iterable[str | Role],
    source: tuple[str, str],
    width: int = 3,
    nothing: tuple[str, str] = NOTHING,
    page: str = "",
    query: str = "",
    place: str = "band",
    rest: int = 0,
    where: Callable[[], bool] = lambda: True,
) -> Callable[[Read], Read]:
    """Register read(scope, *, now) as a panel. `page` (with a `query`) names the page with the list behind it.

    `rest`: seconds for which a costly panel is left as it is, whatever changes. `place`: the band below holds most; the large places beside the map ("middle", "side") are few.
    `where`: whether this installation has such a panel at all.
    """
    roles = names_of(role)
    if not roles:
        raise ImproperlyConfigured(f"panel {name}: name at least one role (or ANY) that may see it")
    if name in PANELS:
        raise ImproperlyConfigured(f"panel {name} is registered twice: choose another name for one of them")
    if not 2 <= width <= COLUMNS or place not in PLACES:
        raise ImproperlyConfigured(
            f"panel {name}: width is 2 to {COLUMNS} columns, place is one of {', '.join(PLACES)}; got {width}, {place!r}"
        )

    def register(read: Read) -> Read:
        PANELS[name] = Panel(
            name, zh, en, order, width, roles, _both(source), _both(nothing), page, query, place, rest, read, where,
        )  # fmt: skip
        return read

    return register


def panels_of(role: str) -> list[Panel]:
    """The panels that a role sees here, in their order."""
    return sorted(
        (one for one in PANELS.values() if one.opens_for(role) and one.where()), key=lambda one: (one.order, one.name)
    )


def read(one: Panel, scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """What a panel has to say of an area now."""
    return one.read(scope, now=now)


def _both(pair: tuple[str, str]) -> dict[str, str]:
    return {"zh": pair[0], "en": pair[1]}
