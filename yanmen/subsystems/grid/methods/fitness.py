"""Whether a home is fit to isolate in, by what was seen there and what the norm asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fitness:
    """Fit or not, and what stands against it: words of HOME, or `carer` where somebody needs one."""

    fit: bool
    against: tuple[str, ...]


def fitness(seen: Mapping[str, Any], norm: Mapping[str, Any]) -> Fitness:
    """Hold what was seen in a home against the norm."""
    against = [name for name in norm.get("must_have", ()) if not seen.get(name)]
    against += [name for name in norm.get("must_not", ()) if seen.get(name)]
    if seen.get("special") in norm.get("needs_carer", ()) and not seen.get("carer"):
        against.append("carer")
    return Fitness(not against, tuple(against))
