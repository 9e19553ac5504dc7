"""Norms: dated, sourced numbers that oblige nobody by themselves, such as people per sampling station.

A norm stands in `norms/<desk>/<norm>.yaml`. `needs:` says what follows from a given number, as
`samplers: people / people_per_sampler`, rounded up; examples stand in the same file.

`emergency:` under a day says what holds instead where the area is in emergency mode for the desk named in the norm's id
(loop/modes.py); an example of it says `mode: emergency`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yanmen.base.conditions import nearest
from yanmen.loop.policy.documents import PolicyFault, Table, read
from yanmen.loop.policy.parts import Dated, bilingual, read_dated
from yanmen.loop.policy.words import Pack, Policy, plain

NORM_KEYS = ("id", "title", "area", "note", "needs", "values", "examples")


@dataclass(frozen=True)
class Norm:
    """Dated numbers under one name, and what is needed for a given number of people."""

    id: str
    pack: str
    area: str
    zh: str
    en: str
    needs: Mapping[str, tuple[str, str]]
    dated: tuple[Dated, ...]
    examples: tuple[Table, ...]
    file: str

    def at(self, day: dt.date) -> Dated | None:
        """The numbers in force on a day."""
        begun = [d for d in self.dated if d.valid_from <= day and (d.until is None or day <= d.until)]
        last = max(begun, key=lambda dated: dated.valid_from, default=None)
        return None if last is None or last.off else last

    def need(self, day: dt.date, given: Mapping[str, int]) -> dict[str, Any]:
        """What is needed on a day: whole numbers, rounded up; a range where the norm is a range."""
        dated = self.at(day)
        if dated is None:
            return {}
        found = {}
        for name, (many, each) in self.needs.items():
            norm = dated.parts.get(each)
            if many in given and norm is not None:
                found[name] = _per(given[many], norm)
        return found


def load_norms(policy: Policy) -> list[Norm]:
    """Every norm of every loaded pack."""
    return [
        _norm(read(path), pack) for pack in policy.packs for path in sorted((pack.folder / "norms").rglob("*.yaml"))
    ]


def failing_norm_examples(norms: list[Norm]) -> list[str]:
    """Examples of norms that do not hold."""
    failures = []
    for norm in norms:
        for example in norm.examples:
            actual = norm.need(example["as_of"], example["given"])
            dated = norm.at(example["as_of"])
            if dated is not None and example.get("mode") == "emergency":
                dated = dated.in_emergency()
            actual |= {} if dated is None else {k: v for k, v in dated.parts.items() if k in example["then"]}
            expected = plain(example["then"])
            found = {name: plain(actual.get(name)) for name in expected}
            if found != expected:
                failures.append(f'{example.where()}: "{example["name"]}": expected {expected}, found {found}')
    return failures


def _per(many: int, each: Any) -> Any:
    if isinstance(each, list):
        return sorted(_per(many, one) for one in each)
    return -(-many // int(each))


def _norm(file: Table, pack: Pack) -> Norm:
    file.only(NORM_KEYS, "norm")
    zh, en = bilingual(file, "title")
    name = file.need("id", str, "screening.mass_test")
    area = str(file.get("area", pack.area))
    values = file.need("values", Table, "2022-03-22: {…}")
    dated = [read_dated(body, day, values, pack=pack.id, rule=name, area=area) for day, body in values.items()]
    needs = {key: _need(file, text) for key, text in file.get("needs", {}).items()}
    known = {part for entry in dated for part in entry.parts}
    for key, (_, each) in needs.items():
        if each not in known:
            raise file["needs"].fault(f"{key}: {each} is no value here.{nearest(each, known)}", key)
    return Norm(name, pack.id, area, zh, en, needs, tuple(dated), tuple(file.get("examples", [])), file.where("id"))


def _need(file: Table, text: str) -> tuple[str, str]:
    many, slash, each = (part.strip() for part in str(text).partition("/"))
    if not slash or not many.isidentifier() or not each.isidentifier():
        raise PolicyFault(f"{file.where('needs')}: needs: write  samplers: people / people_per_sampler, not {text}")
    return many, each
