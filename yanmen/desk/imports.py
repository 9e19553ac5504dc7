"""Files and texts that people may bring in: each subsystem offers its importers here.

    offer(Importer(kind="arrivals", …), role=OFFICER)
    offer_text("cases.bulletin", zh="每日通报", en="Daily report", role=…, read=…, hint_zh=…, hint_en=…)

A text importer's ``read(text)`` turns the text into a table's rows for an ordinary importer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ImproperlyConfigured

from yanmen.desk.pages import ANY, names_of
from yanmen.loop.kinds import Role
from yanmen.registry.importing import Importer, Receipt
from yanmen.registry.scope import Scope

ReadText = Callable[..., Receipt]


@dataclass(frozen=True)
class Offer:
    """One kind of file or text, and who may bring it in."""

    kind: str
    zh: str
    en: str
    roles: frozenset[str]
    importer: Importer | None = None
    text: ReadText | None = None

    def opens_for(self, role: str) -> bool:
        return ANY in self.roles or role in self.roles


OFFERS: dict[str, Offer] = {}


def offer(importer: Importer, *, role: str | Role | Iterable[str | Role]) -> None:
    """Put a table importer on the import page for those who hold ``role``."""
    _add(Offer(importer.kind, importer.zh, importer.en, names_of(role), importer=importer))


def offer_text(kind: str, *, zh: str, en: str, role: str | Role | Iterable[str | Role], run: ReadText) -> None:
    """Put a text importer on the page: ``run(text, scope=…, now=…, dry=bool)`` returns a Receipt."""
    _add(Offer(kind, zh, en, names_of(role), text=run))


def offers_for(scope: Scope) -> list[Offer]:
    """What a scope may bring in."""
    return [one for one in OFFERS.values() if one.opens_for(scope.role)]


def run_text(one: Offer, text: str, *, scope: Scope, now: datetime, dry: bool) -> Receipt:
    """Preview or apply a text."""
    if one.text is None:
        raise TypeError(f"{one.kind} takes files, not text")
    return one.text(text, scope=scope, now=now, dry=dry)


def _add(one: Offer) -> None:
    if not one.roles:
        raise ImproperlyConfigured(f"import {one.kind}: name at least one role")
    OFFERS[one.kind] = one
