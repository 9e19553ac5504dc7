"""Packs into the database: the editions that the loop works with."""

from yanmen.loop.policy.load import load_packs
from yanmen.loop.policy.publish import publish
from yanmen.loop.policy.words import Policy
from yanmen.project import discovery


def policy() -> Policy:
    """Every installed pack, read and merged."""
    return load_packs(discovery.pack_folders())


def install(*, alias: str = "loop") -> dict[str, int]:
    """Publish every installed pack; the second time nothing changes."""
    return publish(policy(), alias=alias)
