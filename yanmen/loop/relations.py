"""Relations: what rules may ask about. Named SQL, one row a reason, documented columns.

A file ``<name>.sql`` starts with a header of comment lines::

    -- relation: stay_in_area
    -- subject: person
    -- zh: 风险地区旅居
    -- en: Stays in areas with a risk tier
    -- facts: arrivals.declared
    -- measures: zone
    -- column: left_on date | 离开日期 | Day the person left

A companion ``<name>.stale.sql`` says for whom the relation is stale when something about those in ``changed`` has changed:
a measure that it reads, or their facts; a file ``<name>.end.sql`` with ``-- end: <name>`` is an end condition over ``ending``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEADER = re.compile(r"^--\s*(relation|end|subject|zh|en|facts|measures|column):\s*(.*)$")
ALWAYS = {"subject": "bigint", "reason": "text", "evidence": "uuid[]", "known_on": "date"}


class RelationFault(ValueError):
    """A relation file whose header does not hold; names the file and what to write."""


@dataclass(frozen=True)
class Column:
    """A documented column that rules may name."""

    name: str
    type: str
    zh: str
    en: str


@dataclass(frozen=True)
class Relation:
    """Named SQL over ``asked(subject, member)``: a row for each reason a rule may see.

    As known at ``%(known_at)s``, on the day ``%(as_of)s``. A relation may leave out what began before ``%(since)s``.
    """

    name: str
    subject: str
    zh: str
    en: str
    sql: str
    facts: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    stale_sql: str = ""

    @property
    def types(self) -> dict[str, str]:
        """Column name → SQL type, the four that every relation has included."""
        return ALWAYS | {column.name: column.type for column in self.columns}


@dataclass(frozen=True)
class End:
    """Named SQL over ``ending``: the measures whose end condition is met."""

    name: str
    zh: str
    en: str
    sql: str


def read_folder(folder: Path) -> tuple[list[Relation], list[End]]:
    """Every relation and end condition in ``folder``, by file name."""
    relations: list[Relation] = []
    ends: list[End] = []
    for path in sorted(folder.glob("*.sql")):
        if path.name.endswith(".stale.sql"):
            continue
        if path.name.endswith(".end.sql"):
            ends.append(_end(path))
        else:
            relations.append(_relation(path))
    return relations, ends


def _relation(path: Path) -> Relation:
    sql = path.read_text(encoding="utf-8")
    head = _header(path, sql, "relation", "subject", "zh", "en")
    stale = path.with_name(path.stem + ".stale.sql")
    if head["subject"][0] not in ("person", "area", "place"):
        raise RelationFault(f"{path}: subject: {head['subject'][0]!r} is none of person, area, place.")
    return Relation(
        name=head["relation"][0],
        subject=head["subject"][0],
        zh=head["zh"][0],
        en=head["en"][0],
        sql=sql,
        facts=_names(head.get("facts", [""])[0]),
        measures=_names(head.get("measures", [""])[0]),
        columns=tuple(_column(path, text) for text in head.get("column", [])),
        stale_sql=stale.read_text(encoding="utf-8") if stale.exists() else "",
    )


def _end(path: Path) -> End:
    sql = path.read_text(encoding="utf-8")
    head = _header(path, sql, "end", "zh", "en")
    return End(name=head["end"][0], zh=head["zh"][0], en=head["en"][0], sql=sql)


def _header(path: Path, sql: str, *needed: str) -> dict[str, list[str]]:
    head: dict[str, list[str]] = {}
    for line in sql.splitlines():
        if match := HEADER.match(line.strip()):
            head.setdefault(match[1], []).append(match[2].strip())
    missing = [name for name in needed if name not in head]
    if missing:
        raise RelationFault(
            f"{path}: the header lacks {', '.join(missing)}. Write a line such as “-- {missing[0]}: …”."
        )
    return head


def _column(path: Path, text: str) -> Column:
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 3 or " " not in parts[0]:
        raise RelationFault(f"{path}: column: {text!r} should read “name type | 中文 | English”.")
    name, _, sql_type = parts[0].partition(" ")
    return Column(name=name, type=sql_type.strip(), zh=parts[1], en=parts[2])


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
