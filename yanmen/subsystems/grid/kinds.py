"""The words that the grid adds: what was answered at a door, who was looked for and what came of it; who leads a grid.

Everything else a grid worker records is a word of others: arrivals, quarantine and screening declare it.
"""

from yanmen.loop.kinds import FactKind, Role

ANSWERED = FactKind(
    name="grid.answered",
    zh="入户登记的回答",
    en="Answered at the door",
    retention_days=180,
    detail={"form": "integer", "question": "text", "answer": "text"},
)
"""`question` is the key of a question of the registered form; the same answer serves every form that asks it."""
LOOKED_FOR = FactKind(
    name="grid.looked_for",
    zh="查找人员的结果",
    en="Looked for, with what came of it",
    retention_days=180,
    detail={"list": "integer", "outcome": "text", "note": "text"},
)
"""`outcome` is one of methods/words.py OUTCOMES."""
RESIDENCE_TOLD = FactKind(
    name="grid.residence_told",
    zh="居住情况",
    en="Told whether somebody lives there",
    retention_days=180,
    detail={"lives_here": "text"},
)
"""`lives_here` is one of methods/words.py LIVES, or empty where it was taken back. Its id is that of the edit."""

MANAGER = Role(name="grid.manager", zh="网格长", en="Head of a grid")
WORKER = "grid_officer"
"""Declared by arrivals, which gives it its first tasks."""
