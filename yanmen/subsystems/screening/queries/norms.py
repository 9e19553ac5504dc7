"""The policy's numbers on screening, read from the packs by name and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yanmen.loop.policies import shelf
from yanmen.loop.policy.norms import Norm, load_norms
from yanmen.loop.policy.parts import Dated
from yanmen.loop.policy.words import Policy

TRANSPORT = "screening.transport"


class _Shelf:
    """The norms of the policy in use, read once."""

    def __init__(self) -> None:
        self.policy: Policy | None = None
        self.norms: dict[str, Norm] = {}

    def named(self, name: str) -> Norm | None:
        policy = shelf.policy()
        if self.policy is not policy:
            self.norms = {norm.id: norm for norm in load_norms(policy)}
            self.policy = policy
        return self.norms.get(name)


_shelf = _Shelf()


def numbers(name: str, day: date) -> Mapping[str, Any]:
    """The numbers of one norm in force on a day; of several packs that speak of it the last holds. Nothing where there is none."""
    dated = in_force(name, day)
    return dict(dated.parts) if dated else {}


def in_force(name: str, day: date) -> Dated | None:
    """The same with its source and grades."""
    norm = _shelf.named(name)
    return norm.at(day) if norm else None
