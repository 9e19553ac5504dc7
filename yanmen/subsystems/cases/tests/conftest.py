"""Models are imported at the head of the tests here: Django starts when the run has its own state folder, not before."""

import os
import time
from datetime import timedelta

import django
import pytest

from yanmen.project.testing import FOLDER


def pytest_collection():
    django.setup()


if FOLDER in os.environ:
    django.setup()


@pytest.fixture
def settings_clock(monkeypatch):
    """Sets the clock of the doors to a moment, however long this process has been running."""
    from django.conf import settings

    from yanmen.desk import clock

    def show(moment):
        monkeypatch.setattr(settings, "YANMEN_CLOCK", moment - timedelta(seconds=time.monotonic() - clock._started))

    return show
