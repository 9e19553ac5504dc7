"""Sets of units that an order can be given to: what each kind needs to be asked, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yanmen.base.area_codes import LENGTHS
from yanmen.base.refusals import Refusal

LENGTH_OF = {level.value: length for length, level in LENGTHS.items()}
MOST_AREAS = 500


@dataclass(frozen=True)
class TargetKind:
    """A question that gives units: its words, and which of `level`, `tiers`, `kinds` it needs beside the areas."""

    zh: str
    en: str
    needs: tuple[str, ...] = ()


TARGETS = {
    "below": TargetKind("这些地区内某一级的全部单位", "Every unit of a level in these areas", ("level",)),
    "areas": TargetKind("指定的单位", "Named units"),
    "tier": TargetKind("某风险等级区域所在的单位", "Units where an area has one of these tiers", ("level", "tiers")),
    "places": TargetKind("有某类场所的单位", "Units that have places of a kind", ("level", "kinds")),
    "tasks": TargetKind("有某类未办任务的单位", "Units with open tasks of a kind", ("level", "kinds")),
}


def asked(given: Mapping[str, Any], *, within: str) -> dict[str, Any]:
    """A target as it is kept: `{kind, areas, level?, tiers?, kinds?}`. Refuses what cannot be asked; areas default to the asker's own."""
    kind = str(given.get("kind", ""))
    if kind not in TARGETS:
        raise Refusal("请选择下达范围的类别。", f"Choose one of: {', '.join(TARGETS)}.", field="kind", value=kind)
    areas = [str(each).strip() for each in given.get("areas") or [] if str(each).strip()]
    if kind == "areas" and not areas:
        raise Refusal("请写明承办单位的区划代码。", "Name the units by the codes of their areas.", field="areas")
    if len(areas) > MOST_AREAS:
        raise Refusal(
            f"最多列{MOST_AREAS}个地区；更多的请改用条件选取。", f"Name {MOST_AREAS} areas at most; ask by level for more.",
            field="areas", value=str(len(areas)),
        )  # fmt: skip
    found: dict[str, Any] = {"kind": kind, "areas": sorted(set(areas)) or [within]}
    for name in TARGETS[kind].needs:
        value = given.get(name)
        if name == "level" and value not in LENGTH_OF:
            raise Refusal(
                "请选择单位的级别。", f"Choose a level: {', '.join(LENGTH_OF)}.", field="level", value=str(value)
            )
        if not value:
            raise Refusal("此项必填。", "This is needed for such a target.", field=name)
        found[name] = value if name == "level" else sorted({str(each) for each in value})
    return found


def next_level(area: str) -> str:
    """The level directly below an area; empty below a village."""
    deeper = [length for length in LENGTHS if length > len(area)]
    return LENGTHS[min(deeper)].value if deeper else ""
