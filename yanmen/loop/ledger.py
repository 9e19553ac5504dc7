"""Step 6 of the turn: the ledger's hash chain, and the outbox that edges follow in sequence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from yanmen.loop.session import Session


def begin_sequence(session: Session) -> int:
    """The turn's place in the outbox. From here to the commit, turns go one after another."""
    session.rows("lock_sequence")
    return int(session.value("new_seq"))


def close(session: Session, *, turn: int, seq: int, counts: Mapping[str, Any], seconds: float) -> None:
    """Seal the turn's ledger rows, tell the outbox, and keep what the turn did."""
    session.run("seal", turn=turn)
    body = {"turn": turn, "version": seq, **counts}
    session.run("tell", seq=seq, topic="loop.turned", body=json.dumps(body, default=str))
    session.rows("notify", seq=seq)
    session.run("close_turn", turn=turn, seconds=seconds, **counts)
