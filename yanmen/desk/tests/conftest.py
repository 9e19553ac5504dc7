"""One seeded database for the desk's tests."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def seeded(db: str) -> Iterator[object]:
    """An outbreak on the evening of 9 October 2022; the doors' clock stands there."""
    from django.conf import settings

    from yanmen.desk.tests.seeding import NOW, seed

    before = getattr(settings, "YANMEN_CLOCK", None)
    settings.YANMEN_CLOCK = NOW
    yield seed()
    settings.YANMEN_CLOCK = before
