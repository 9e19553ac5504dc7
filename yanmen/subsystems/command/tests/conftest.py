"""Models are imported at the head of the tests here: Django starts when the run has its own state folder, not before."""

import os

import django

from yanmen.project.testing import FOLDER


def pytest_collection():
    django.setup()


if FOLDER in os.environ:
    django.setup()
