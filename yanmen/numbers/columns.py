"""Which columns the tables of the ledger have. What is not named here does not leave the database.

Moments are whole microseconds since 1970 and days whole days since 1970 in local time: no engine's time zone can differ. A kind
of fact has its envelope, without the place where the kind is a trail of somebody, and the fields chosen here; a kind that comes
in bulk is copied only when it stands here. Names, addresses, numbers of papers and free text are never chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import pyarrow as pa

from yanmen.base.clock import local_date
from yanmen.base.counted import Counted
from yanmen.loop.kinds import BulkKind, FactKind

A_DAY, EAST = 86_400_000_000, 8 * 3_600_000_000
"""A day, and how far local time is ahead, in microseconds."""
FIRST = date(1970, 1, 1)
ARROW = {"text": pa.string(), "number": pa.float64(), "whole": pa.int64(), "moment": pa.int64(), "day": pa.int32(), "yes": pa.bool_()}  # fmt: skip
"""The types of ``yanmen.base.counted``, as files have them."""

FIELDS: Mapping[str, Mapping[str, str]] = {
    "cases.reported": dict.fromkeys(("case", "disease", "kind", "setting", "onset_on", "sampled_on"), "text")
    | {"count": "number"},
    "cases.reclassified": {"case": "text", "from": "text", "to": "text"},
    "cases.admitted": {"case": "text"},
    "cases.discharged": {"case": "text"},
    "cases.died": {"case": "text"},
    "cases.investigated": {"case": "text"},
    "cases.source_told": {"case": "text", "setting": "text"},
    "screening.bound": {"tube": "text"},
    "screening.sampled": {},
    "screening.result": {"result": "text", "method": "text"},
    "screening.negative": {},
    "screening.tube_result": {"result": "text", "members": "whole"},
    "tracing.contact_found": {"case": "text", "disease": "text", "degree": "whole", "via": "text"},
    "tracing.called": {"outcome": "text"},
    "quarantine.left": {"stay": "whole", "why": "text"},
    "quarantine.admitted": {"stay": "whole"},
}

ENVELOPE = {
    "id": "text", "person": "whole", "place": "whole", "area": "text", "day": "day", "occurred_at": "moment", "recorded_at": "moment"
}  # fmt: skip
CORRECTION = {"id": "text", "recorded_at": "moment"}
EVENT = {
    "id": "whole", "at": "moment", "act": "text", "measure": "whole", "rule": "text", "kind": "text", "subject_type": "text",
    "subject": "whole", "area": "text", "state": "text", "edition": "whole", "count_from": "day", "last_day": "day",
    "over_hold": "yes", "note": "text"
}  # fmt: skip
STAGE = {
    "edition": "whole",
    "ordinal": "whole",
    "place": "text",
    "from_day": "whole",
    "to_day": "whole",
    "is_last": "yes",
}
EDITION = {"id": "whole", "rule": "text", "pack": "text", "valid_from": "day"}
AREA = {"code": "text", "level": "text", "zh": "text", "en": "text", "population": "whole"}
VERSION = {"key": "text", "known_from": "moment", "seen_at": "moment"}


def schema(columns: Mapping[str, str]) -> pa.Schema:
    """The columns of a file."""
    return pa.schema([(name, ARROW[kind]) for name, kind in columns.items()])


def of_fact(kind: FactKind) -> dict[str, str]:
    """The columns of a kind of fact."""
    return ENVELOPE | dict(FIELDS.get(kind.name, {}))


def of_register(counted: Counted) -> dict[str, str]:
    """The columns of a register: versions of its rows."""
    return VERSION | {name: kind for name, (kind, _) in counted.columns.items()}


def copied(kind: FactKind) -> bool:
    """Whether a kind of fact is copied at all."""
    return not isinstance(kind, BulkKind) or kind.name in FIELDS


def micro(moment: datetime) -> int:
    """Whole microseconds since 1970."""
    seconds = int(moment.timestamp())
    return seconds * 1_000_000 + moment.microsecond


def number_of(day: date) -> int:
    """Whole days since 1970."""
    return (day - FIRST).days


def day_of(moment: datetime) -> int:
    """The local day of a moment, as a number."""
    return number_of(local_date(moment))


def day_of_micro(moment: int) -> int:
    """The local day of a moment in microseconds."""
    return (moment + EAST) // A_DAY


def as_sql(kind: str, expression: str) -> str:
    """An SQL expression as a column of this type is copied."""
    if kind == "moment":
        return f"(extract(epoch FROM {expression}) * 1000000)::bigint"
    if kind == "day":
        return f"({expression} - DATE '1970-01-01')"
    return expression


def field_sql(name: str, kind: str, *, bulk: bool) -> str:
    """A field of a fact's detail: a number only where it is one."""
    if bulk:
        return as_sql(kind, f"f.{name}")
    told = f"f.detail ->> '{name}'"
    if kind == "text":
        return f"nullif({told}, '')"
    number = f"trunc(({told})::numeric)::bigint" if kind == "whole" else f"({told})::float8"
    return f"CASE WHEN {told} ~ '^-?[0-9]{{1,15}}([.][0-9]+)?$' THEN {number} END"
