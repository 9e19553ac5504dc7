"""Modules may be imported in any order."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("first", ["yanmen.numbers.cubes", "yanmen.numbers.indicators"])
def test_it_may_be_the_first_that_is_imported(first):
    told = f"import django; django.setup(); import {first}"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
