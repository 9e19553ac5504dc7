"""Wells whose result may be wrong: why a positive may be false. A doubt sends somebody to look; it changes no result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yanmen.subsystems.screening.methods.plates import neighbours
from yanmen.subsystems.screening.methods.reading import GREY, NEGATIVE, SINGLE, Reading, lowest

DOUBTS = {
    "single_gene": {"zh": "单靶标扩增", "en": "One target only"},
    "grey_zone": {"zh": "Ct值在灰区", "en": "Ct in the grey zone"},
    "high_ct": {"zh": "Ct值偏高", "en": "High Ct"},
    "neighbour": {"zh": "邻近强阳性孔，疑似串孔污染", "en": "Weak, beside a strong positive: spilled over?"},
    "batch": {"zh": "同批弱阳性异常增多，疑似整批污染", "en": "Many weak positives in one run: a contaminated batch?"},
    "negative_control": {"zh": "本批阴性质控有扩增", "en": "A negative control of this run shows a curve"},
    "incomplete": {"zh": "靶标读数不全，未判读", "en": "A target is missing: not read"},
    "mismatch": {"zh": "样本名与板图不符", "en": "The sample's name differs from the plate map"},
    "repeat": {"zh": "首次灰区或单靶标，退回队列复检一次", "en": "First grey or single target: back in the queue for one repeat"},
    "control": {"zh": "质控警告", "en": "Warning of a control rule"},
}  # fmt: skip
"""Why a well is in doubt."""

LOOKED_AT = ("single_gene", "grey_zone", "high_ct", "neighbour", "batch", "negative_control")
"""The doubts that are found here; the others come from the acts of the laboratory."""


@dataclass(frozen=True)
class Seen:
    """A well as far as suspicion goes: where it is, a control's name or nothing, its Ct by target, how it was read."""

    position: str
    control: str
    cts: Mapping[str, float | None]
    result: str


def suspicions(plate: Sequence[Seen], wells: int, policy: Reading) -> dict[str, list[dict[str, Any]]]:
    """The doubts of each well with a tube, by its position. Each names the numbers that raised it."""
    samples = {seen.position: seen for seen in plate if not seen.control}
    low = {seen.position: lowest(seen.cts, policy) for seen in plate}
    doubts: dict[str, list[dict[str, Any]]] = {name: _own(samples[name], low[name], policy) for name in samples}
    weak = [name for name in samples if (ct := low[name]) is not None and ct >= policy.weak_ct]
    strong = {name: ct for name, ct in low.items() if ct is not None and ct <= policy.strong_ct}
    for name in weak:
        beside = [other for other in neighbours(name, wells) if other in strong]
        doubts[name] += [{"doubt": "neighbour", "well": other, "ct": strong[other]} for other in beside]
    share = 100 * len(weak) / len(samples) if samples else 0
    rise = len(weak) >= policy.batch_weak_least and share >= policy.batch_weak_percent
    curves = [seen.position for seen in plate if seen.control == "negative" and low[seen.position] is not None]
    for name in weak:
        doubts[name] += [{"doubt": "batch", "wells": len(weak), "of": len(samples)}] if rise else []
        doubts[name] += [{"doubt": "negative_control", "well": well, "ct": low[well]} for well in curves]
    return {name: found for name, found in doubts.items() if found}


def _own(seen: Seen, ct: float | None, policy: Reading) -> list[dict[str, Any]]:
    if ct is None or seen.result in ("", NEGATIVE):
        return []
    found = []
    if seen.result == SINGLE:
        found.append({"doubt": "single_gene", "ct": ct})
    if seen.result == GREY:
        found.append({"doubt": "grey_zone", "ct": ct})
    if ct >= policy.high_ct:
        found.append({"doubt": "high_ct", "ct": ct, "limit": policy.high_ct})
    return found
