"""What marks an installation as a drill: the file `drill.json` in its folder. Pages, phones, paper and the API show it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "drill.json"
HEADER = "X-Yanmen-Drill"
TAG = "演练 Drill"


@dataclass(frozen=True, kw_only=True)
class DrillMark:
    """A drill, as those who look at its pages are told of it."""

    zh: str
    en: str
    scenario: str = "drill"
    seed: int = 0
    people: int = 0
    days: int = 0
    starts_on: str = ""

    def said(self, language: str) -> str:
        """The mark in the reader's language."""
        if language.startswith("en"):
            return f"Drill: {self.en}, nobody here is real"
        return f"演练：{self.zh}，这里没有真实的人"

    @property
    def header(self) -> str:
        """The value of the header: the scenario's id, if it is one."""
        return self.scenario if self.scenario.replace("_", "").isalnum() and self.scenario.isascii() else "drill"

    @property
    def both(self) -> str:
        """The mark where the reader's language is not known: phones without a network, paper."""
        return f"演练：{self.zh}，这里没有真实的人 · Drill: {self.en}, nobody here is real"


DAMAGED = DrillMark(zh="（说明文件损坏）", en="(its description is damaged)")
_known: dict[tuple[str, int, int], DrillMark] = {}


def mark_of(folder: Path) -> DrillMark | None:
    """The mark of the installation in this folder; None for a real one. A file that cannot be read still marks a drill."""
    path = folder / FILE
    try:
        state = path.stat()
    except OSError:
        return None
    key = (str(path), state.st_mtime_ns, state.st_size)
    if key not in _known:
        _known.clear()
        _known[key] = _read(path)
    return _known[key]


def put_mark(folder: Path, mark: DrillMark) -> None:
    """From now on this installation is a drill. There is no way back but another folder."""
    draft = folder / f"{FILE}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(mark), ensure_ascii=False, indent=1), "utf-8")
    draft.replace(folder / FILE)


def _read(path: Path) -> DrillMark:
    try:
        found: Any = json.loads(path.read_text("utf-8"))
        return DrillMark(**{name: found[name] for name in DrillMark.__dataclass_fields__ if name in found})
    except (OSError, ValueError, TypeError):
        return DAMAGED
