"""What follows from a positive after discharge: by Ct, symptoms and the assessment, with the edition's line as an argument."""

from __future__ import annotations


def decide(
    *,
    positive_again: bool,
    ct: float | None,
    symptoms: frozenset[str] | None,
    infectious_below: float | None,
    risk: str | None,
) -> str:
    """A word of `DECISIONS`. `infectious_below` None: no edition asks anything; `symptoms` None: nothing is known of them."""
    if not positive_again:
        return "nothing_found"
    if infectious_below is None:
        return "not_asked"
    if ct is None:
        return "ct_needed"
    if ct >= infectious_below:
        return "see_a_doctor" if symptoms else "leave_alone"
    return {"risk": "manage", "none": "leave_alone_assessed"}.get(risk or "", "assess")
