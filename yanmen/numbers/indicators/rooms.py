"""Rooms for people who stay apart: in use, ready for somebody."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

from yanmen.numbers.indicators.words import Ratio, add, indicator
from yanmen.numbers.ledger import Ledger

SOURCE = {"source_zh": "隔离点、房间和入住登记", "source_en": "The registers of sites, rooms and stays"}


def _stays(ledger: Ledger, begins: str) -> Table:
    """Rooms that a stay holds at the end of each day, from a moment of the stay on."""
    stays = ledger.register("quarantine_stay").filter(_[begins] <= ledger.known_at)
    ended = ibis.ifelse(stays.ended_at <= ledger.known_at, stays.ended_at, ibis.null("int64"))
    return ledger.at_end_of_day(stays.mutate(over_at=ended), begins, "over_at")


def _usable(ledger: Ledger) -> Table:
    """Rooms of open sites that nothing closes, at the end of each day."""
    rooms = ledger.at_end_of_day(ledger.versions("quarantine_room"), "known_from", "until").filter(_.usable)
    sites = ledger.at_end_of_day(ledger.versions("quarantine_site"), "known_from", "until").filter(_.state == "open")
    open_ = sites.select(of=sites.key.cast("int64"), on=sites.day)
    return rooms.semi_join(open_, [rooms.site == open_.of, rooms.day == open_.on])


def _rooms(table: Table, key: str) -> Table:
    return table.select(
        "area",
        "day",
        key=table[key].cast("int64"),
        part=ibis.literal(""),
        rank=ibis.literal(0),
        counts=ibis.literal(True),
    )


@indicator(
    id="rooms_used",
    zh="在用隔离房间",
    en="Rooms in use",
    unit="rooms",
    how_zh="当日末有人入住的房间",
    how_en="Rooms in which somebody stays at the end of the day",
    counted="people",
    moment=True,
    **SOURCE,
)
def rooms_used(ledger: Ledger) -> Table:
    return _rooms(_stays(ledger, "admitted_at"), "room")


@indicator(
    id="rooms_ready",
    zh="可用隔离房间",
    en="Rooms ready",
    unit="rooms",
    how_zh="当日末已启用隔离点中未停用、已清洁消毒、未分配的房间",
    how_en="Rooms of open sites that are clean and that nobody has or was given, at the end of the day",
    counted="people",
    moment=True,
    **SOURCE,
)
def rooms_ready(ledger: Ledger) -> Table:
    taken = _stays(ledger, "assigned_at")
    taken = taken.select(of=taken.room, on=taken.day).distinct()
    rooms = _usable(ledger).filter(_.clean)
    free = rooms.anti_join(taken, [rooms.key.cast("int64") == taken.of, rooms.day == taken.on])
    return _rooms(free, "key")


@indicator(
    id="rooms_open",
    zh="已启用隔离房间",
    en="Rooms of open sites",
    unit="rooms",
    how_zh="当日末已启用隔离点中未停用的房间",
    how_en="Rooms of open sites that nothing closes, at the end of the day",
    counted="people",
    moment=True,
    **SOURCE,
)
def rooms_open(ledger: Ledger) -> Table:
    return _rooms(_usable(ledger), "key")


add(
    Ratio(
        id="rooms_share",
        zh="房间使用率",
        en="Share of rooms in use",
        unit="percent",
        how_zh="在用隔离房间 ÷ 已启用隔离房间",
        how_en="Rooms in use, over rooms of open sites",
        top="rooms_used",
        bottom="rooms_open",
        group="rooms",
        source_zh=SOURCE["source_zh"],
        source_en=SOURCE["source_en"],
    )
)
