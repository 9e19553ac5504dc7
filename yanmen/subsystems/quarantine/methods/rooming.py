"""Reading what somebody writes to make floors and rooms in one act: `2-6` and `01-20`."""

from __future__ import annotations

import re

from yanmen.base.refusals import Refusal

MOST_FLOORS, MOST_ROOMS = 100, 400
_PART = re.compile(r"(-?\d{1,3})(?:\s*[-~—至]\s*(\d{1,3}))?")


def read_levels(text: str) -> list[int]:
    """`2-6, 8` → 2, 3, 4, 5, 6, 8."""
    levels = [level for first, last, _ in _spans(text, "floors") for level in range(first, last + 1)]
    if not levels or len(levels) > MOST_FLOORS:
        raise Refusal(f"请填写1至{MOST_FLOORS}个楼层，如 2-6, 8。", f"Give 1 to {MOST_FLOORS} floors, such as 2-6, 8.", field="floors", value=text[:40])  # fmt: skip
    return sorted(set(levels))


def read_numbers(text: str) -> list[str]:
    """`01-20, 22` → the ends of room numbers, as wide as they were written."""
    found = [str(each).zfill(wide) for first, last, wide in _spans(text, "rooms") for each in range(first, last + 1)]
    if not found or len(found) > MOST_ROOMS:
        raise Refusal(f"请填写每层1至{MOST_ROOMS}个房间，如 01-20。", f"Give 1 to {MOST_ROOMS} rooms a floor, such as 01-20.", field="rooms", value=text[:40])  # fmt: skip
    return list(dict.fromkeys(found))


def _spans(text: str, field: str) -> list[tuple[int, int, int]]:
    found = []
    for part in filter(None, (each.strip() for each in re.split(r"[,，;；、]", text))):
        match = _PART.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if match is None or first > last or last - first > MOST_ROOMS:
            raise Refusal("请写成 2-6 或 01-20，用逗号分开。", "Write 2-6 or 01-20, separated by commas.", field=field, value=part[:40])  # fmt: skip
        found.append((first, last, len(match[1].lstrip("-"))))
    return found
