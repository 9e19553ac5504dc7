"""Grid workers with telephones in real browsers: a real site, a real database, doors where something is owed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from yanmen.subsystems.grid.tests.phones import GridPhone, Network


@pytest.fixture
def village(clean: str) -> Any:
    """Four families isolated at home; one needs dialysis."""
    from yanmen.subsystems.grid.tests.phone_village import built

    return built(clean)


@pytest.fixture
def phones(browser: Any) -> Iterator[Callable[..., GridPhone]]:
    """`phones(client)`: the telephone of who is signed in there; all are switched off at the end."""
    made: list[GridPhone] = []

    def take(client: Any, look: str = "zh", url: str = "", signed_in: bool = True) -> GridPhone:
        made.append(GridPhone(browser, client, look, url))
        return made[-1].ready() if signed_in else made[-1]

    yield take
    for phone in made:
        phone.close()


@pytest.fixture
def network(live: Any) -> Iterator[Network]:
    """A network of which a test decides what it swallows."""
    made = Network(live.url)
    yield made
    made.close()
