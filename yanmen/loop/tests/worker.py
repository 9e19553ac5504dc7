"""A worker process of the toy disease, for tests that kill it: ready, then one settling when told to go."""

from __future__ import annotations

import os
import sys
from datetime import datetime


def main(address: str, moment: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "yanmen.project.settings"
    import django

    django.setup()
    from yanmen.loop import policies
    from yanmen.loop.catalogue import catalogue
    from yanmen.loop.run import settle
    from yanmen.loop.tests import toy_kinds
    from yanmen.loop.tests.conftest import HERE
    from yanmen.project.cli import load_catalogue
    from yanmen.project.testing import _point_at

    _point_at(address)
    load_catalogue()
    catalogue.add_kinds(toy_kinds)
    catalogue.add_relations(HERE / "toy_relations")
    policies.shelf.use([HERE / "toy_pack"])
    now = datetime.fromisoformat(moment)
    policies.program(now.date())
    print("ready", flush=True)
    sys.stdin.readline()
    settle(now=now)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
