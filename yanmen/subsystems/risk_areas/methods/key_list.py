"""The key-area list as data: its digest, the document that is signed and sent, and what changed since the last one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

TIERS = {
    "high": {"zh": "高风险区", "en": "High risk"},
    "medium": {"zh": "中风险区", "en": "Medium risk"},
    "low": {"zh": "低风险区", "en": "Low risk"},
    "none": {"zh": "有社区传播", "en": "Community spread"},
}


@dataclass(frozen=True)
class Entry:
    """One area on the list: since when it stands there, until when as far as is known, and under which rules."""

    area: str
    tier: str
    since: date
    until: date | None
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What a reader of the last list must change."""

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Strictest first, then by code."""
    rank = list(TIERS)
    return sorted(entries, key=lambda entry: (rank.index(entry.tier), entry.area))


def digest_of(entries: Iterable[Entry]) -> str:
    """Equal lists have equal digests, in whatever order they were gathered."""
    rows = [json.dumps(asdict(entry), default=str, sort_keys=True) for entry in ordered(entries)]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def document(
    *, area: str, version: int, published_at: datetime, digest: str, entries: Sequence[Entry], names: Mapping[str, Any]
) -> bytes:
    """The list as canonical JSON: these bytes are signed, sent and filed. `names` maps codes to zh and en."""
    content = {
        "list": {"area": area, "version": version, "published_at": published_at.isoformat(), "digest": digest},
        "entries": [asdict(entry) | {"name": names.get(entry.area, {})} for entry in ordered(entries)],
    }
    return json.dumps(content, ensure_ascii=False, default=str, sort_keys=True, separators=(",", ":")).encode()


def changes(before: Iterable[Entry], after: Iterable[Entry]) -> Changes:
    """What differs between two lists, by area."""
    old, new = {entry.area: entry for entry in before}, {entry.area: entry for entry in after}
    return Changes(
        added=tuple(ordered(new[code] for code in new.keys() - old.keys())),
        removed=tuple(ordered(old[code] for code in old.keys() - new.keys())),
        changed=tuple(
            (old[code], new[code])
            for code in sorted(new.keys() & old.keys())
            if (old[code].tier, old[code].until) != (new[code].tier, new[code].until)
        ),
    )


def retry_minutes(attempts: int) -> int:
    """How long to wait after so many failed attempts: 1, 2, 4 … up to an hour."""
    return int(min(2 ** max(attempts - 1, 0), 60))
