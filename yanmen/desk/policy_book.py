"""The policy as pages show it: loaded once from the packs, compared between dates."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from yanmen.loop.policy.load import load_packs
from yanmen.loop.policy.words import Policy


def pack_folders() -> list[Path]:
    """Where the packs of this installation lie."""
    return [Path(folder) for folder in settings.YANMEN_PACKS]


@lru_cache(maxsize=1)
def book() -> Policy:
    """Every pack that is installed, merged."""
    return load_packs(pack_folders())


def place_ranks() -> dict[str, int]:
    """How strict each place of stay is, from the packs' words."""
    return {name: word.strictness for name, word in book().words.get("places", {}).items()}
