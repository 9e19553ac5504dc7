"""Where the line lists with known answers lie, and why a test is skipped without them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("YANMEN_DATA") or ROOT.parent / "shared" / "data")
LISTS = DATA / "linelists"
EBOLA = (LISTS / "ebola_sim_clean__linelist.csv", LISTS / "ebola_sim_clean__contacts.csv")

needs_data = pytest.mark.skipif(not EBOLA[0].exists(), reason="the line lists are not here: set YANMEN_DATA")
