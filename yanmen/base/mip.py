"""The solver of integer programs (HiGHS) as this project uses it: silent, one thread, so that a plan can be repeated."""

from __future__ import annotations

from typing import Any

import highspy

SHORTEST = 0.1
"""Seconds; less than this the solver does not take."""


def solver(seconds: float, *, gap: float = 0.0) -> Any:
    """A solver that stops after `seconds`, or when the best answer is within `gap` (relative) of the bound."""
    made = highspy.Highs()  # type: ignore[no-untyped-call]
    limit = max(SHORTEST, float(seconds))
    for name, value in (("output_flag", False), ("time_limit", limit), ("mip_rel_gap", gap), ("threads", 1)):
        made.setOptionValue(name, value)
    return made
