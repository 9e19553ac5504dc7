"""Swabs: who goes into which tube, written down by the site's telephone; what is really in a tube is for the laboratory alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from yanmen.base.ids import uuid7s
from yanmen.drill.play.people import document_of, name_of
from yanmen.drill.play.phones import Names, Phone, keep
from yanmen.drill.play.town import Town
from yanmen.registry.scope import acting
from yanmen.subsystems.screening.actions.cards import Card, bind_cards
from yanmen.subsystems.screening.actions.labels import SHEET, SHEETS, issue_labels

CARDS_AT_ONCE = 500


@dataclass
class Content:
    """What is in a tube: people, and whether any of them sheds virus."""

    site: int
    people: list[int]
    positive: bool
    swapped: bool = False


@dataclass
class Desk:
    """A sampling site's work of a day: tubes filled, and who was bound by card."""

    phone: Phone
    labels: list[str] = field(default_factory=list)
    tubes: list[str] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)


@dataclass
class Swabs:
    """All sites' desks. `contents`: the truth about every tube, which only the laboratory's machine sees."""

    town: Town
    desks: dict[int, Desk] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def take(self, phone: Phone, groups: list[list[int]], hour: float) -> int:
        """People (indices) of each group go into a tube together, one after the other from this hour on. Returns how many people."""
        desk = self.desks.setdefault(phone.place, Desk(phone))
        self._supply(desk, len(groups))
        start = self.town.at(hour)
        shed = self.town.outbreak.detectable(self.town.day + hour / 24)
        flat = [each for group in groups for each in group]
        shown = dict(zip(flat, self.names.of([int(self.town.persons[n]) for n in flat], self.town.today), strict=True))
        records: list[dict[str, Any]] = []
        for number, group in enumerate(groups):
            tube = desk.labels.pop()
            moment = start + dt.timedelta(seconds=number * 20)
            self.contents[tube] = Content(phone.place, group, bool(shed[group].any()))
            desk.tubes.append(tube)
            at = int(moment.timestamp() * 1000)
            for position, each in enumerate(group, 1):
                if self.town.city.has_phone[each]:
                    records.append({"at": at, "pseudonym": shown[each], "tube": tube, "position": position})
                else:
                    desk.cards.append(self._card(each, at, tube, position))
        keep(phone, records, start)
        return len(flat)

    def hand_in_cards(self, now: dt.datetime) -> int:
        """Who showed a document instead of a code is handed to the site, not to an edge. Returns how many were bound."""
        bound = 0
        for desk in self.desks.values():
            cards, desk.cards = desk.cards, []
            scope = self.town.staff("sampling", area=desk.phone.area)
            for first in range(0, len(cards), CARDS_AT_ONCE):
                some = cards[first : first + CARDS_AT_ONCE]
                with acting(scope, now=now):
                    told = bind_cards(
                        scope=scope, place=desk.phone.place, device=desk.phone.device_number, cards=some, by=scope.by, now=now
                    )  # fmt: skip
                for answer in told:
                    if not isinstance(answer, str):
                        raise answer
                bound += len(told)
        return bound

    def _card(self, each: int, at: int, tube: str, position: int) -> Card:
        [identifier] = uuid7s(dt.datetime.fromtimestamp(at / 1000, dt.UTC), 1)
        return Card(identifier, at, tube, position, "resident", document_of(self.town, each), name_of(each))

    def _supply(self, desk: Desk, wanted: int) -> None:
        """Labels are printed by the sheet, each number once."""
        while len(desk.labels) < wanted:
            sheets = min(SHEETS, -(-(wanted - len(desk.labels)) // SHEET))
            with self.town.acting("sampling") as who:
                fresh = issue_labels(site=desk.phone.place, sheets=sheets, **who)
            desk.labels = fresh[::-1] + desk.labels


def pooled(people: list[int], size: int) -> list[list[int]]:
    """Groups of so many, in order."""
    return [people[start : start + size] for start in range(0, len(people), size)]
