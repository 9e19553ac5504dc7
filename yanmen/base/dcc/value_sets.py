"""Codes that certificates use; the lists stand, with their source, in `value_sets.json`.

The lists grow; a code that is not there makes a certificate unusual, not unreadable.
"""

import json
from pathlib import Path

COVID_19 = "840539006"
PCR, ANTIGEN = "LP6464-4", "LP217198-3"
NOT_DETECTED, DETECTED = "260415000", "260373001"

_LISTS: dict[str, list[str]] = json.loads(Path(__file__).with_name("value_sets.json").read_text("utf-8"))
DISEASES = frozenset({COVID_19})
TEST_TYPES = frozenset({PCR, ANTIGEN})
TEST_RESULTS = frozenset({NOT_DETECTED, DETECTED})
VACCINES = frozenset(_LISTS["vaccines"])
PRODUCTS = frozenset(_LISTS["products"])
HOLDERS = frozenset(_LISTS["holders"])
COUNTRIES = frozenset(_LISTS["countries"])


def is_test_device(code: str) -> bool:
    """Whether this can be a device of the JRC database, which numbers devices in order and had not reached 5,000."""
    return code.isascii() and code.isdigit() and 0 < int(code[:5]) < 5000
