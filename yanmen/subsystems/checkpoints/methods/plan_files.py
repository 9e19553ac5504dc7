"""Plans as files: written as JSON, read back with every field checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.subsystems.checkpoints.methods.plan import CLOSE, COVER, FORMAT, MOST_ROADS, Json
from yanmen.subsystems.checkpoints.methods.words import DIRECTIONS, KINDS

MOST_POSTS, MOST_BYTES = 2_000, 20_000_000


def write_plan(plan: Mapping[str, Any]) -> str:
    """The plan as JSON."""
    return json.dumps(plan, ensure_ascii=False, separators=(",", ":"))


def read_plan(content: bytes) -> Json:
    """A plan that somebody wrote to a file; refuses what does not hold, by field."""
    if len(content) > MOST_BYTES:
        raise _refusal("file", str(len(content)), "文件过大。", "The file is too large.")
    try:
        plan = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _refusal("file", "", "不是JSON文件。请用 yanmen checkpoints plan --json 生成。", "This is no JSON file. Make one with yanmen checkpoints plan --json.") from None  # fmt: skip
    if not isinstance(plan, dict) or plan.get("format") != FORMAT:
        found = str(plan.get("format", "")) if isinstance(plan, dict) else ""
        raise _refusal("format", found, f"不是设卡方案（{FORMAT}）。", f"This is no plan of posts ({FORMAT}).")
    _need(plan, "task", plan.get("task") in (CLOSE, COVER))
    _need(plan, "direction", plan.get("direction") in DIRECTIONS)
    _need(plan, "reach", _number(plan.get("reach"), 0, 1e6))
    _need(
        plan,
        "forbidden",
        isinstance(plan.get("forbidden"), list) and all(isinstance(x, str) for x in plan["forbidden"]),
    )
    _need(plan, "network", isinstance(plan.get("network"), dict) and isinstance(plan["network"].get("name"), str))
    _need(plan, "area", isinstance(plan.get("area"), dict) and _lines(plan["area"].get("outline"), 1_000))
    _need(plan, "roads", _roads(plan.get("roads")))
    _need(plan, "proof", isinstance(plan.get("proof"), dict))
    _need(plan, "posts", isinstance(plan.get("posts"), list) and 0 < len(plan["posts"]) <= MOST_POSTS)
    for number, post in enumerate(plan["posts"], 1):
        _check_post(post, number)
    _check_proof(plan)
    return plan


def _check_post(post: Any, number: int) -> None:
    if not isinstance(post, dict):
        raise _refusal(f"posts[{number}]", "", "应是一个卡口。", "This should be a post.")
    texts = all(isinstance(post.get(name), str) and len(post[name]) <= 200 for name in ("name", "ref", "highway"))
    minutes = post.get("minutes")
    for name, fits in (
        ("name", texts),
        ("number", post.get("number") == number),
        ("kind", post.get("kind") in KINDS),
        ("longitude", _number(post.get("longitude"), -180, 180)),
        ("latitude", _number(post.get("latitude"), -90, 90)),
        ("lanes", isinstance(post.get("lanes"), int) and 1 <= post["lanes"] <= 60),
        ("osmids", isinstance(post.get("osmids"), list) and all(isinstance(each, str) for each in post["osmids"])),
        ("minutes", minutes is None or _number(minutes, 0, 1e6)),
    ):
        _need(post, name, fits, where=f"posts[{number}].")


def _check_proof(plan: Json) -> None:
    proof = plan["proof"]
    if plan["task"] == COVER:
        _need(proof, "share", _number(proof.get("share"), 0, 1), where="proof.")
        _need(proof, "gap", _number(proof.get("gap"), 0, 1), where="proof.")
        return
    for name in ("closed", "each_needed"):
        _need(proof, name, proof.get(name) is True, where="proof.")
    _need(proof, "separate_ways", proof.get("separate_ways") == len(plan["posts"]), where="proof.")


def _need(table: Mapping[str, Any], name: str, fits: bool, *, where: str = "") -> None:
    if not fits:
        value = str(table.get(name, ""))[:40]
        raise _refusal(f"{where}{name}", value, f"“{where}{name}”缺失或不合要求。请重新生成方案。", f'"{where}{name}" is missing or does not hold. Make the plan again.')  # fmt: skip


def _number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _lines(lines: Any, most: int) -> bool:
    return isinstance(lines, list) and len(lines) <= most and all(map(_line, lines))


def _line(line: Any) -> bool:
    return isinstance(line, list) and all(
        isinstance(at, list) and len(at) == 2 and _number(at[0], -180, 180) and _number(at[1], -90, 90) for at in line
    )


def _roads(roads: Any) -> bool:
    return (
        isinstance(roads, list)
        and len(roads) <= MOST_ROADS
        and all(
            isinstance(each, list) and len(each) == 2 and isinstance(each[0], str) and _line(each[1]) for each in roads
        )
    )


def _refusal(field: str, value: str, zh: str, en: str) -> Refusal:
    return Refusal(zh, en, field=field, value=value)
