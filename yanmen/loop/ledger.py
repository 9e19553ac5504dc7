"""Step 6 of the turn: the ledger's hash chain, and the outbox that edges follow in sequence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from yanmen.loop.named import sql
from yanmen.loop.session import Session


def begin_sequence(session: Session) -> int:
    """The turn's place in the outbox. From here to the commit, turns go one after another."""
    return int(session.value("new_seq"))


def close(session: Session, *, seq: int, counts: Mapping[str, Any], sealed: bool, seconds: float) -> None:
    """Seal the turn's ledger rows, tell the outbox, and keep what the turn did."""
    if sealed:
        session.text(sql("seal").replace("{turn}", str(session.arguments["turn"])))
    body = {"turn": session.arguments["turn"], "version": seq, **counts}
    session.rows("tell", seq=seq, topic="loop.turned", body=json.dumps(body, default=str))
    session.run("close_turn", seconds=seconds, **counts)
