"""The hops of a tube's way: from gate to gate, each with its moment in the tube's row, its clock in the norms, its usual time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

HOPS = ("boxed", "sent", "received", "logged", "measured", "released")
"""The gates after sampling, in their order."""
MOMENTS = {"sampled": "first_at"} | {gate: f"{gate}_at" for gate in HOPS}
"""In which column of a tube each gate's moment stands."""
VOIDS = {
    "lost": {"zh": "途中遗失", "en": "Lost on the way"},
    "missing": {"zh": "清点缺失", "en": "Missing when counted"},
    "damaged": {"zh": "破损泄漏", "en": "Damaged"},
    "unusable": {"zh": "样本不合格", "en": "Not fit to be tested"},
}
"""Why a tube is void."""


def next_gate(gate: str) -> str | None:
    """The gate that comes after; none after the last."""
    order = ("sampled", *HOPS)
    return order[order.index(gate) + 1] if gate in order[:-1] else None


def expected(gate: str, passed: datetime, usual: Mapping[str, float], *, now: datetime) -> dict[str, datetime]:
    """When each gate still ahead is likely passed: the usual seconds of each hop, counted from the last gate passed.

    What should have happened by now is expected now. It ends before the first hop whose usual time nobody knows.
    """
    order = ("sampled", *HOPS)
    at, found = passed, {}
    for name in order[order.index(gate) + 1 :]:
        if name not in usual:
            break
        at = max(at + timedelta(seconds=usual[name]), now)
        found[name] = at
    return found


def due(gate: str, passed: datetime, hours: Mapping[str, float]) -> datetime | None:
    """Until when the next gate is due, by the norm's hours of each hop."""
    following = next_gate(gate)
    wanted = hours.get(f"{following}_hours") if following else None
    return passed + timedelta(hours=wanted) if wanted is not None else None


def outside(readings: list[tuple[datetime, float]], coldest: float, warmest: float) -> tuple[int, timedelta]:
    """How many readings lie outside the bounds, and for how long: a reading holds until the next one."""
    ordered = sorted(readings)
    times = [at for at, _ in ordered]
    apart = [(times[n + 1] - times[n]) if n + 1 < len(times) else timedelta() for n in range(len(times))]
    wrong = [lasted for (_, celsius), lasted in zip(ordered, apart, strict=True) if not coldest <= celsius <= warmest]
    return len(wrong), sum(wrong, timedelta())
