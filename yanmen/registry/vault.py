"""The keys of this installation, each opened once."""

import json
from functools import cache
from pathlib import Path

from django.conf import settings

from yanmen.base.issuing import IssuingKeys
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.refusals import Refusal
from yanmen.base.sealing import KeyRing


@cache
def _open(path: str | Path) -> KeyRing:
    return KeyRing.open(Path(path))


def ring() -> KeyRing:
    """The keys that seal identity numbers and telephone numbers."""
    return _open(settings.YANMEN_KEYRING)


def replace_ring(new: KeyRing) -> None:
    """Keep a changed ring and use it from now on in this process; others read it when they start."""
    new.save(Path(settings.YANMEN_KEYRING))
    _open.cache_clear()


@cache
def _issuing(folder: Path) -> IssuingKeys:
    return IssuingKeys.open(folder)


def issuing() -> IssuingKeys:
    """The keys that sign codes, device certificates and documents, as they stand now."""
    keys = _issuing(Path(settings.YANMEN_HOME) / "issuing")
    keys.refresh()
    return keys


@cache
def _edge_key(path: Path, name: str) -> bytes:
    if not path.exists():
        raise Refusal(
            "边缘节点密钥尚未生成。请先运行 yanmen edge serve 或 yanmen serve。",
            "The edges' keys were not made yet. Run `yanmen edge serve` or `yanmen serve` first.",
            field="edge.json",
        )
    return bytes.fromhex(json.loads(path.read_text("utf-8"))[name])


def pseudonyms() -> Pseudonyms:
    """What makes and opens the names that codes carry; the edges have the same key."""
    return Pseudonyms(_edge_key(Path(settings.YANMEN_HOME) / "edge.json", "pseudonym_key"))


def venue_key() -> bytes:
    """The key under which venues' codes are printed; the edges read them with it."""
    return _edge_key(Path(settings.YANMEN_HOME) / "edge.json", "venue_key")
