"""The key ring of this installation, opened once."""

from functools import cache
from pathlib import Path

from django.conf import settings

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
