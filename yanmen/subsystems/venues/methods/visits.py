"""Lines of a paper list: what a written time means, and an id that follows from the visit."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from uuid import UUID

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal

_MOMENT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[ T]\s*(\d{1,2})\s*[:：时]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2})(?:\.0+)?)?\s*[分秒]?",
    re.ASCII,
)


def moment(text: str) -> datetime:
    """A local time, year first: 2022-10-07 14:05, 2022年10月7日14时5分."""
    found = _MOMENT.fullmatch(text.strip().replace("日", "日 ").replace("  ", " "))
    try:
        if found:
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)
    except ValueError:
        pass
    raise Refusal("时间请写成 2022-10-07 14:05。", "Write the time as 2022-10-07 14:05.", value=text[:40])


def visit_id(place: int, person: int, at: datetime, what: str) -> UUID:
    """A version 7 identifier of that moment: the same visit, copied from the list twice, has the same one."""
    digest = hashlib.sha256(f"{what}|{place}|{person}|{int(at.timestamp())}".encode()).digest()[:10]
    bits = int.from_bytes(digest, "big") & (((1 << 12) - 1) << 64 | ((1 << 62) - 1))
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62 | bits)
