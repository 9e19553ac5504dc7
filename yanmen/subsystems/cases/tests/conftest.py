"""Models are imported at the head of the tests here: Django starts when the run has its own state folder, not before."""

import os

import django
import pytest

from yanmen.project.testing import FOLDER, show_clock


def pytest_collection():
    django.setup()


if FOLDER in os.environ:
    django.setup()


@pytest.fixture
def settings_clock():
    """Sets the clock of the doors to a moment, however long this process has been running."""
    return show_clock
