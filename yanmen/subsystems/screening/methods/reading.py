"""How a well is read from the Ct of each target: the numbers are the policy's (norm `screening.reading`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NEGATIVE, POSITIVE, GREY, SINGLE, INVALID = "negative", "positive", "grey", "single_target", "invalid"
CONTROL_FAULTS = {
    "negative_control": {"zh": "阴性质控有扩增", "en": "A negative control shows a curve"},
    "positive_control": {"zh": "阳性质控未检出", "en": "A positive control was not found"},
    "weak_positive_control": {"zh": "弱阳性质控未检出", "en": "A weak positive control was not found"},
    "unread_control": {"zh": "质控读数不全", "en": "A control was not read"},
}
"""What may be wrong with a control by itself, whatever its history."""

TARGETS = {
    "ORF1ab": ("orf1ab", "orf1a/b", "orf1a", "orf1b", "orf", "ofr1ab", "o"),
    "N": ("n", "ngene", "n1", "n2"),
    "E": ("e", "egene"),
    "S": ("s", "sgene"),
    "RdRp": ("rdrp",),
    "IC": ("ic", "internalcontrol", "内标", "内参", "rnasep", "rnp", "rp", "rnaseP", "rpp30", "is"),
}
"""The names that kits and instruments give to a target, without spaces, `gene` and 基因."""


@dataclass(frozen=True)
class Reading:
    """The policy's numbers on reading a well."""

    targets: tuple[str, ...]
    targets_for_positive: int
    ct_limit: float
    grey_above: float
    internal_control: str
    internal_ct_limit: float
    repeated: tuple[str, ...]
    repeats: int
    high_ct: float
    weak_ct: float
    strong_ct: float
    batch_weak_least: int
    batch_weak_percent: float

    @classmethod
    def of(cls, numbers: Mapping[str, Any]) -> Reading:
        """From the parts of the norm."""
        said: dict[str, Any] = {name: numbers[name] for name in cls.__annotations__}
        return cls(**said | {name: tuple(numbers[name]) for name in ("targets", "repeated")})


def target_name(text: str) -> str:
    """The target that an instrument means by this name; empty when nobody knows it."""
    plain = text.strip().casefold().replace(" ", "").replace("-", "").replace("_", "").removesuffix("基因")
    for name, others in TARGETS.items():
        if plain in (name.casefold(), *(other.casefold() for other in others)):
            return name
    plain = plain.removesuffix("gene")
    return next((name for name, others in TARGETS.items() if plain in others), "")


def read(cts: Mapping[str, float | None], policy: Reading) -> str:
    """The result of a well, or nothing where a target of the policy was not measured."""
    if any(target not in cts for target in (*policy.targets, policy.internal_control)):
        return ""
    found = detected(cts, policy)
    clear = [target for target in found if (cts[target] or 0) <= policy.grey_above]
    if len(found) >= policy.targets_for_positive and clear:
        return POSITIVE
    if clear:
        return SINGLE
    if found:
        return GREY
    internal = cts[policy.internal_control]
    return NEGATIVE if internal is not None and internal <= policy.internal_ct_limit else INVALID


def detected(cts: Mapping[str, float | None], policy: Reading) -> list[str]:
    """The virus's targets with a curve up to the limit. Only the internal control is no virus."""
    return [
        target
        for target, ct in cts.items()
        if target != policy.internal_control and ct is not None and ct <= policy.ct_limit
    ]


def lowest(cts: Mapping[str, float | None], policy: Reading) -> float | None:
    """The lowest Ct of the virus's targets that were found."""
    return min((ct for target in detected(cts, policy) if (ct := cts[target]) is not None), default=None)


def control_fault(control: str, cts: Mapping[str, float | None], policy: Reading) -> str:
    """What is wrong with a control: a curve where none may be, or none where one must be; nothing when it is right."""
    found = detected(cts, policy)
    if control == "negative" and found:
        return "negative_control"
    if any(target not in cts for target in policy.targets):
        return "unread_control"
    if control == "negative":
        return ""
    if not set(policy.targets) <= set(found):
        return f"{control}_control"
    return ""
