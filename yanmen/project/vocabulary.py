"""Packs into the database: areas, words and editions, as `yanmen policy publish` and the tests need them."""

from yanmen.project import discovery


def install() -> None:
    """Publish every installed pack."""
    if not discovery.present("yanmen.loop.policy.publish"):
        return
