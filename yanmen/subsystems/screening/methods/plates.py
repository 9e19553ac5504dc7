"""Plates of 96 and 384 wells: positions, neighbours, and where controls go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256

from yanmen.base.refusals import Refusal

SHAPES = {96: (8, 12), 384: (16, 24)}
"""Rows and columns of a plate, by its number of wells."""

POSITION = re.compile(r"([A-Pa-p])0?([1-9]\d?)")


def rows(wells: int) -> str:
    """The letters of the rows."""
    return "ABCDEFGHIJKLMNOP"[: SHAPES[wells][0]]


def columns(wells: int) -> range:
    """The numbers of the columns."""
    return range(1, SHAPES[wells][1] + 1)


def positions(wells: int) -> tuple[str, ...]:
    """Every position, down the columns as pipettes go: A1, B1, …"""
    return tuple(f"{row}{column}" for column in columns(wells) for row in rows(wells))


def position(text: str, wells: int) -> str:
    """`a01` is A1. Refused where the plate has no such well."""
    found = POSITION.fullmatch(text.strip())
    name = f"{found[1].upper()}{found[2]}" if found else ""
    if not name or name[0] not in rows(wells) or int(name[1:]) not in columns(wells):
        last = f"{rows(wells)[-1]}{columns(wells)[-1]}"
        raise Refusal(
            f"{wells}孔板的孔位为A1至{last}。", f"A plate of {wells} wells goes from A1 to {last}.", field="well", value=text[:20]
        )  # fmt: skip
    return name


def neighbours(name: str, wells: int) -> Iterator[str]:
    """The wells that touch this one, corners too: at most eight."""
    row, column = rows(wells).index(name[0]), int(name[1:])
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            inside = 0 <= row + down < len(rows(wells)) and column + right in columns(wells)
            if (down or right) and inside:
                yield f"{rows(wells)[row + down]}{column + right}"


def numbered(number: int, wells: int) -> str:
    """The position of a reaction that is counted from 1 along the rows: 13 is B1 on a plate of 96."""
    if not 1 <= number <= wells:
        raise Refusal(
            f"{wells}孔板的反应编号为1至{wells}。", f"Reactions of a plate of {wells} wells go from 1 to {wells}.", field="well", value=str(number)
        )  # fmt: skip
    row, column = divmod(number - 1, SHAPES[wells][1])
    return f"{rows(wells)[row]}{column + 1}"


def drawn(count: int, wells: int, among: Sequence[str], seed: str) -> tuple[str, ...]:
    """So many of these positions for controls, in an order that nobody chose and everybody can draw again from the seed."""
    lot = sorted(among, key=lambda name: sha256(f"{seed}/{wells}/{name}".encode()).digest())
    return tuple(lot[:count])
