"""What orders have in the situation report: how far each is, and what is late."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from yanmen.base.clock import BEIJING, start_of
from yanmen.desk.reports.document import Block, Column, Heading, Paragraph, Span, Table
from yanmen.desk.reports.figures import number
from yanmen.desk.reports.kinds import Asked, section
from yanmen.desk.reports.situation_pictures import end_of
from yanmen.subsystems.command.queries import orders as queries

SHOWN = 8


@section(name="orders", order=85)
def orders(asked: Asked) -> list[Block]:
    """Orders at the end of the day: units that say done, that were verified, that are late."""
    until = min(asked.known_at, end_of(asked.day))
    rows = queries.on_day(asked.scope, since=start_of(asked.day), until=until, known_at=asked.known_at)
    if not rows:
        return []
    heads = (
        asked.word("指令", "Order"), asked.word("期限", "Deadline"), asked.word("单位", "Units"),
        asked.word("报办结待核实", "Said done, to verify"), asked.word("已核实", "Verified"), asked.word("逾期", "Late"),
    )  # fmt: skip
    columns = tuple(Column(head, at > 1) for at, head in enumerate(heads))
    told = tuple(_row(row, heads) for row in rows[:SHOWN])
    left = len(rows) - SHOWN
    more = Paragraph((Span(asked.word(f"另有{left}项未列。", f"{left} more are not listed.")),), "note")
    return [
        Heading(asked.word("指令落实", "Orders")),
        _summed(asked, rows),
        Table(columns, told),
        *([more] if left > 0 else []),
    ]


def _summed(asked: Asked, rows: list[dict[str, Any]]) -> Paragraph:
    units, late = (sum(row[name] for row in rows) for name in ("units", "late"))
    share = 100 * sum(row["done"] + row["verified"] for row in rows) // units
    board, behind = reverse("command.orders"), reverse("command.late") + "?show=all"
    many = Span(number(len(rows)), board, "orders", asked.word("指令", "Orders"))
    covered = Span(f"{share}%", board, "orders.covered", asked.word("报办结单位占比", "Units that say done"))
    overdue = Span(number(late), behind, "orders.late", asked.word("逾期单位", "Units late"))
    return Paragraph((
        Span(asked.word("办理指令", "")), many, Span(asked.word(f"件，涉及{number(units)}个（次）单位，其中", f" orders with {number(units)} units: ")),
        covered, Span(asked.word("报告办结；逾期", " of them say done, ")), overdue, Span(asked.word("个。", " are late.")),
    ))  # fmt: skip


def _row(row: dict[str, Any], heads: tuple[str, ...]) -> tuple[Span, ...]:
    page = reverse("command.order", kwargs={"order": row["id"]})
    links = {
        "units": page,
        "done": f"{page}?state=done",
        "verified": f"{page}?state=verified",
        "late": f"{page}?state=late",
    }
    figures = (
        Span(number(row[name]), link, f"order.{row['id']}.{name}", f"{row['title']} {heads[2 + at]}")
        for at, (name, link) in enumerate(links.items())
    )
    return (Span(row["title"], page), Span(f"{row['due_at'].astimezone(BEIJING):%m-%d %H:%M}"), *figures)
