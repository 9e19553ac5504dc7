"""Work owed and work done."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

from yanmen.numbers.indicators.words import Ratio, add, indicator
from yanmen.numbers.ledger import Ledger, local_day

SOURCE = {"source_zh": "任务", "source_en": "Tasks"}


def tasks(ledger: Ledger) -> Table:
    """Tasks as they stood: `resolved_at` is when one was done or fell away, null while it is owed."""
    rows = ledger.register("loop_task")
    over = rows.state.isin(["done", "cancelled"]) & (rows.closed_at <= ledger.known_at)
    return rows.mutate(
        resolved_at=ibis.ifelse(over, rows.closed_at, ibis.null("int64")), done=over & (rows.state == "done")
    )


@indicator(
    id="tasks_overdue",
    zh="逾期未办任务",
    en="Tasks overdue",
    unit="tasks",
    how_zh="当日末已过时限而未办结、未取消的任务，按任务种类",
    how_en="Tasks past their deadline and neither done nor cancelled at the end of the day, by kind",
    moment=True,
    parts="task",
    **SOURCE,
)
def tasks_overdue(ledger: Ledger) -> Table:
    late = tasks(ledger).filter(_.due_at < ledger.known_at)
    days = ledger.at_end_of_day(late, "due_at", "resolved_at")
    return days.select("area", "day", part=_.kind, value=ibis.literal(1.0))


@indicator(
    id="tasks_done",
    zh="办结任务",
    en="Tasks done",
    unit="tasks",
    how_zh="当日办结的任务，按任务种类",
    how_en="Tasks done that day, by kind",
    parts="task",
    **SOURCE,
)
def tasks_done(ledger: Ledger) -> Table:
    done = tasks(ledger).filter(_.done).mutate(day=local_day("closed_at"))
    return _on(ledger, done)


@indicator(
    id="tasks_due",
    zh="到期任务",
    en="Tasks fallen due",
    unit="tasks",
    how_zh="时限在当日且未取消的任务，按任务种类",
    how_en="Tasks whose deadline was that day and that were not cancelled, by kind",
    parts="task",
    **SOURCE,
)
def tasks_due(ledger: Ledger) -> Table:
    return _on(ledger, _due(ledger))


@indicator(
    id="tasks_in_time",
    zh="按时办结任务",
    en="Tasks done in time",
    unit="tasks",
    how_zh="时限在当日且在时限内办结的任务",
    how_en="Of the tasks whose deadline was that day, those done by then",
    parts="task",
    **SOURCE,
)
def tasks_in_time(ledger: Ledger) -> Table:
    return _on(ledger, _due(ledger).filter(_.done, _.closed_at <= _.due_at))


def _due(ledger: Ledger) -> Table:
    """Fallen due and not cancelled. A deadline at midnight belongs to the day that ends there."""
    rows = tasks(ledger).filter(_.due_at < ledger.known_at, _.done | _.resolved_at.isnull())
    return rows.mutate(last_moment=_.due_at - 1).mutate(day=local_day("last_moment"))


def _on(ledger: Ledger, rows: Table) -> Table:
    return rows.filter(_.day.between(ledger.first, ledger.last)).select(
        "area", day=_.day.cast("int32"), part=_.kind, value=ibis.literal(1.0)
    )


add(
    Ratio(
        id="share_in_time",
        zh="按时办结率",
        en="Share done in time",
        unit="percent",
        how_zh="按时办结任务 ÷ 到期任务",
        how_en="Tasks done in time, over tasks fallen due",
        top="tasks_in_time",
        bottom="tasks_due",
        parts="task",
        group="tasks",
        source_zh=SOURCE["source_zh"],
        source_en=SOURCE["source_en"],
    )
)
