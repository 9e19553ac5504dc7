"""Long work goes on beside the loop: piece by piece, and what fails holds up neither the others nor itself for ever."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from yanmen.project import discovery
from yanmen.project.commands import work


def test_each_subsystem_does_its_pieces_and_one_that_fails_is_tried_again(db, monkeypatch):
    stop, left, tried = threading.Event(), [3, 2, 1], []

    def pieces(now):
        assert now.tzinfo is not None
        if left:
            left.pop()
            return True
        stop.set()
        return False

    def broken(now):
        tried.append(now)
        raise RuntimeError("not today")

    found = [
        ("a", SimpleNamespace(long_work=broken)),
        ("b", SimpleNamespace()),
        ("c", SimpleNamespace(long_work=pieces)),
    ]
    monkeypatch.setattr(discovery, "modules", lambda name: iter(found))
    thread = threading.Thread(target=work._long_work, args=(stop,))
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert left == []
    assert len(tried) == 4
