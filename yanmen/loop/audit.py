"""The audit: recompute the whole state from the facts and compare; check the chain and the balances."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.loop import policies
from yanmen.loop.catalogue import Catalogue, catalogue
from yanmen.loop.daily import broken_days
from yanmen.loop.session import Session
from yanmen.loop.shadow import shadow

CHECKS = {
    "broken_seals": (
        "哈希链断裂：该轮台账与封印不符",
        "The hash chain is broken: the ledger of this turn is not what was sealed",
    ),
    "unsealed_events": ("台账未封印", "Ledger rows without a seal"),
    "state_against_ledger": ("措施与台账不符", "A measure differs from its last ledger row"),
    "measures_against_facts": ("措施与按事实重算的结果不符", "A measure differs from what the facts oblige"),
    "statuses_against_facts": ("状态与按事实重算的结果不符", "A status differs from what the facts fold to"),
    "broken_days": ("日封印不符：当日事实或台账被改动", "A sealed day is no longer what was sealed"),
    "balance_no_end": ("措施没有期限", "A measure without an end"),
    "balance_no_evidence": ("措施没有依据事实", "A measure without a fact beneath it"),
    "balance_task_without_measure": ("任务没有对应的措施", "An open task without a measure in force"),
    "balance_over_hold_without_review": ("超期未解除而无人核实", "Over-hold that nobody was asked to review"),
    "balance_done_without_fact": ("任务完成而无事实", "A task done by no fact"),
}
COLUMNS = {
    "broken_seals": ("turn", "sealed_rows", "rows_found"),
    "unsealed_events": ("turn", "rows"),
    "state_against_ledger": ("measure", "rule", "subject_type", "subject", "state", "ledger_state"),
    "measures_against_facts": ("rule", "subject", "reason", "fault"),
    "statuses_against_facts": ("status", "subject", "stored", "recomputed"),
    "broken_days": ("day", "fault"),
    "balance_no_end": ("measure", "rule", "subject"),
    "balance_no_evidence": ("measure", "rule", "subject"),
    "balance_task_without_measure": ("task", "kind", "subject"),
    "balance_over_hold_without_review": ("measure", "rule", "subject"),
    "balance_done_without_fact": ("task", "kind", "subject"),
}
COUNTED = ("facts", "measures", "ledger_rows", "tasks", "statuses", "seals")
DIRECT = [name for name in CHECKS if name != "broken_days" and not name.endswith("_facts")]


def audit(
    *, now: dt.datetime, public_key: bytes | None = None, alias: str = "loop", words: Catalogue = catalogue
) -> dict[str, Any]:
    """Recompute from the facts, as of the last turn, and list every break.

    With the public half of the signing key, the daily seals' signatures are checked too.

    ``breaks`` is empty when all is well; each break names its check, in both languages,
    and the row that does not hold.
    """
    with connections[alias].cursor() as cursor:
        last = Session(cursor, now=now, as_of=local_date(now)).column("last_turn")
    moment = last[0] if last else now
    breaks: list[dict[str, Any]] = []
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        session = Session(cursor, now=moment, as_of=local_date(moment))
        counts = dict(zip(COUNTED, session.rows("counts")[0], strict=True))
        for check in DIRECT:
            breaks += _breaks(check, session.rows(check))
        breaks += _breaks("broken_days", broken_days(session, public_key=public_key))
    for subject_type in ("area", "person"):
        breaks += _recompute(subject_type, moment, alias, words)
    return {"as_of": local_date(moment).isoformat(), "counts": counts, "breaks": breaks}


def _recompute(subject_type: str, moment: dt.datetime, alias: str, words: Catalogue) -> list[dict[str, Any]]:
    program = policies.program(local_date(moment), alias=alias, words=words)
    found: list[dict[str, Any]] = []
    with shadow(alias, words, moment) as recomputed:
        session = recomputed.session(moment)
        for rule, editions in program.states.items():
            session.run("store_rule_state", rule=rule, editions=editions)
        session.run("copy_area_history")
        session.run("wake_type", subject_type=subject_type)
        recomputed.turn(program, moment)
        for check in ("measures_against_facts", "statuses_against_facts"):
            found += _breaks(check, session.rows(check, subject_type=subject_type))
    return found


def _breaks(check: str, rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    zh, en = CHECKS[check]
    return [{"check": check, "zh": zh, "en": en, "row": dict(zip(COLUMNS[check], row, strict=True))} for row in rows]
