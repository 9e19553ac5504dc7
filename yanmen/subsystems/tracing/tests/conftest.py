"""A district with areas and no people; Django is running by the time it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from yanmen.subsystems.tracing.tests.district import District


@pytest.fixture
def district(clean: str) -> District:
    """Areas, no people, no facts; the packs of this repository in force."""
    from yanmen.subsystems.tracing.tests.district import District, make_areas

    make_areas()
    return District()
