"""A small disease of our own: the kernel's tests must not depend on any real policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections

from yanmen.loop import policies
from yanmen.loop.catalogue import catalogue
from yanmen.loop.tests import toy_kinds

HERE = Path(__file__).parent


def noon(day: str) -> datetime:
    """Noon in Shanxi on a day."""
    return datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)


@pytest.fixture
def toy(clean: str) -> Iterator[None]:
    """The toy disease in force; the real packs come back afterwards."""
    if "toy.exposed" not in catalogue.facts:
        catalogue.add_kinds(toy_kinds)
        catalogue.add_relations(HERE / "toy_relations")
    before = policies.shelf.folders
    policies.shelf.use([HERE / "toy_pack"])
    yield
    policies.shelf.use(before)
    connections.close_all()
