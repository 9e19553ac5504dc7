"""Models are imported at the head of the tests here: Django starts when the run has its own state folder, not before."""

import os

import django
import pytest

from yanmen.project.testing import FOLDER


def pytest_collection():
    django.setup()


if FOLDER in os.environ:
    django.setup()


@pytest.fixture
def settings_clock(monkeypatch):
    """Sets the clock of the doors to a moment, for one test."""
    from django.conf import settings

    return lambda moment: monkeypatch.setattr(settings, "YANMEN_CLOCK", moment)
