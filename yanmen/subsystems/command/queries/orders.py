"""Orders: the board, the tree of units under one, a unit's inbox, hops that are late. Everything is counted from the receipts and facts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from yanmen.base.clock import local_date
from yanmen.desk.rows import within
from yanmen.loop.policies import numbers, shelf
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.kinds import CARRY_OUT_ORDER
from yanmen.subsystems.command.methods.hops import HOP_OF, reached
from yanmen.subsystems.command.models import Order, Receipt
from yanmen.subsystems.command.models.orders import URGENCIES
from yanmen.subsystems.command.queries.statements import HOPS, rows_of

RULE = "command.order"
SHOWN = 100
LATE_MOST = 2000
BACK = timedelta(days=90)
"""How far back orders are looked for that may still be open."""
FINISHED = ("done", "verified")


def board(scope: Scope, *, now: datetime, show: str = "open", limit: int = SHOWN) -> list[dict[str, Any]]:
    """Orders of the asker's area (`open`, `closed`), or those that areas below gave of their own (`below`); late ones first."""
    about = {"area": scope.area, "now": now, "closed": show == "closed", "below": show == "below", "limit": limit}
    found = rows_of(scope, "board", about)
    for row in found:
        row["hop"] = HOP_OF.get(row["late_state"] or "", "")
    return found


def order(scope: Scope, number: int) -> Order | None:
    """An order that the asker gave, that was given below them, or that one of their units has in hand."""
    del scope  # row-level security lets through what the asker may see
    return Order.objects.select_related("parent__order").filter(pk=number).first()


def lead(scope: Scope, *, now: datetime) -> timedelta:
    """How long before an order's deadline the loop's task of it opens: what the rule says, and nobody else."""
    edition = shelf.policy().at(RULE, scope.area, local_date(now))
    clocks = [each.within_hours for each in edition.tasks if each.kind == CARRY_OUT_ORDER.name] if edition else []
    return timedelta(hours=clocks[0] or 0) if clocks else timedelta()


def receipt(scope: Scope, number: int) -> Receipt | None:
    """An order in the hands of a unit of the asker's areas."""
    found: Receipt | None = scope.within(Receipt.objects.select_related("order"), "area").filter(pk=number).first()
    return found


def own_receipt(scope: Scope, order: Order) -> Receipt | None:
    """The order in the asker's own hands."""
    return Receipt.objects.filter(order=order, area=scope.area).first()


def inbox(scope: Scope, *, limit: int = SHOWN) -> "QuerySet[Receipt]":
    """What the asker's own unit has in hand: unfinished first, those due soonest first."""
    rows = Receipt.objects.filter(area=scope.area).select_related("order")
    return rows.order_by("step_due", "-issued_at", "-pk")[:limit]


def levels(scope: Scope, order: Order, *, now: datetime) -> list[dict[str, Any]]:
    """The tree under an order: a row a level, with units by state, late ones, and the median time to each hop in seconds."""
    area = order.area if scope.includes(order.area) else scope.area
    found: dict[int, dict[str, Any]] = {}
    for row in rows_of(scope, "levels", {"root": order.root_id or order.pk, "area": area, "now": now}):
        level = found.setdefault(row["digits"], {"digits": row["digits"], "states": {}, "units": 0, "late": 0})
        if row["state"] is None:
            level |= {name: row[name] for name in ("units", "late", "received", "read", "accepted", "done")}
        else:
            level["states"][row["state"]] = row["units"]
    return list(found.values())


def units(
    scope: Scope, order: Order, *, now: datetime, state: str = "", after: str = "", limit: int = SHOWN
) -> list[dict[str, Any]]:
    """Units of an order in the asker's areas, each with what it passed on, what the facts say, and whether it claims more than they do."""
    about = {"order": order.pk, "now": now, "state": state, "within": scope.area, "after": after, "limit": limit}
    rows = rows_of(scope, "units", about)
    facts = measured(scope, order, [row["area"] for row in rows], now=now)
    for row in rows:
        row["fact"] = facts.get(row["area"])
        row["hop"], row["is_late"] = HOP_OF.get(row["state"], ""), bool(row["step_due"] and row["step_due"] < now)
        row["beyond"] = row["state"] in FINISHED and _beyond(row)
    return rows


def measured(scope: Scope, order: Order, areas: list[str], *, now: datetime) -> dict[str, dict[str, int]]:
    """What the facts say of the order's measurable end in each area: `{done, every}`. A statement a level of unit; nothing where no end is named."""
    if not order.end:
        return {}
    by_length: dict[int, list[str]] = defaultdict(list)
    for area in areas:
        by_length[len(area)].append(area)
    found: dict[str, dict[str, int]] = {}
    for digits, codes in by_length.items():
        about = {
            "digits": digits, "areas": codes, "kind": order.end["kind"], "issued_at": order.issued_at, "due_at": max(order.due_at, now),
            "now": now, "within": order.area if scope.includes(order.area) else scope.area,
        }  # fmt: skip
        rows = rows_of(scope, f"end_{order.end['by']}", about)
        nothing = {"done": 0, "every": 1 if order.end["by"] == "facts" else 0}
        found |= dict.fromkeys(codes, nothing) | {
            row["area"]: {"done": row["done"], "every": row["every"]} for row in rows
        }
    return found


def coverage(scope: Scope, order: Order, *, now: datetime) -> dict[str, Any]:
    """The whole order: units by what they say (`claimed`), and by what the facts say (`facts`); neither is ever typed."""
    rows = Receipt.objects.filter(order=order)
    every, areas = rows.count(), list(rows.values_list("area", flat=True)) if order.end else []
    facts = measured(scope, order, areas, now=now)
    claimed = rows.filter(state__in=FINISHED)
    beyond = 0
    if order.end:
        short = {area for area, each in facts.items() if each["done"] < each["every"]}
        beyond = len(short.intersection(claimed.values_list("area", flat=True)))
    return {
        "units": every,
        "claimed": claimed.count(),
        "verified": rows.filter(state="verified").count(),
        "facts": {
            "done": sum(each["done"] for each in facts.values()), "every": sum(each["every"] for each in facts.values())
        },
        "beyond": beyond,
    }  # fmt: skip


def on_day(scope: Scope, *, since: datetime, until: datetime, known_at: datetime) -> list[dict[str, Any]]:
    """Orders of the asker's area and those given to it, as its units had answered them by `until`: the late ones first."""
    about = {**within(scope), "since": since, "until": until, "back": until - BACK, "known_at": known_at}
    return rows_of(scope, "report_orders", about)


@dataclass(frozen=True)
class Late:
    """A hop that did not come in time: of which order and unit, which hop, since when, and who has been told by now."""

    receipt: int
    order: int
    title: str
    area: str
    hop: str
    due_at: datetime
    reached: str

    def told_to(self, area: str) -> bool:
        """Whether it has come up as far as an area of this level."""
        return len(self.reached) <= len(area)


def late(scope: Scope, *, now: datetime, most: int = LATE_MOST) -> list[Late]:
    """Hops that are late in the asker's areas, the oldest first; a level higher each time their clock has run once more."""
    norm = numbers(HOPS, local_date(now))
    if not norm:
        return []
    clocks = {each: timedelta(minutes=minutes) for each, minutes in zip(URGENCIES, norm["climb_minutes"], strict=True)}
    return [
        Late(
            row["id"], row["order_id"], row["title"], row["area"], HOP_OF[row["state"]], row["step_due"],
            reached(row["area"], row["step_due"], clocks[row["urgency"]], now, row["from_area"]),
        )
        for row in rows_of(scope, "late", {"now": now, "area": scope.area, "limit": most})
    ]  # fmt: skip


def _beyond(row: dict[str, Any]) -> bool:
    fact = row["fact"]
    return bool(
        (row["leaves_done"] < row["leaves"] and row["split_at"] is not None)
        or (fact is not None and fact["done"] < fact["every"])
    )
