"""Rows as Parquet, a file a day: whole or not at all, and gone with its day."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

STAYS = pa.schema(
    {
        "place": pa.int64(),
        "longest": pa.int16(),
        "hour": pa.int32(),
        "person": pa.int64(),
        "arrived": pa.int64(),
        "seconds": pa.int32(),
    }
)
ROWS = 122_880
DAYS = "????????.parquet"


def stays(place: Any, person: Any, arrived: Any, seconds: Any) -> pa.Table:
    """Columns of stays as `contacts` reads them, in the order of place and arrival."""
    order = np.lexsort((arrived, place))
    place, person, arrived, seconds = (np.asarray(each)[order] for each in (place, person, arrived, seconds))
    longest = np.array([1, 3, 12])[np.searchsorted(np.array([1, 3, 12]) * 3600, seconds)]
    columns = [place, longest, arrived // 3600, person, arrived, seconds]
    return pa.table([pa.array(each, kind) for each, kind in zip(columns, STAYS.types, strict=True)], schema=STAYS)


def write(folder: Path, day: date, table: pa.Table, *, said: Mapping[str, str] | None = None) -> Path:
    """One day's rows. Who reads the folder meanwhile sees the old file or the new one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{day:%Y%m%d}.parquet"
    fresh = target.with_suffix(f".{os.getpid()}.new")
    table = table.replace_schema_metadata({f"yanmen.{key}": value for key, value in (said or {}).items()})
    try:
        pq.write_table(table, fresh, compression="zstd", row_group_size=ROWS)
        fresh.chmod(0o600)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return target


def days(folder: Path) -> dict[date, dict[str, str]]:
    """The days that are there, and what was said of each when it was written."""
    found = {}
    for file in sorted(folder.glob(DAYS)):
        said = pq.read_schema(file).metadata or {}
        day = date(int(file.stem[:4]), int(file.stem[4:6]), int(file.stem[6:]))
        found[day] = {
            key.decode().removeprefix("yanmen."): value.decode()
            for key, value in said.items()
            if key.startswith(b"yanmen.")
        }
    return found


def drop(folder: Path, last: date) -> int:
    """Remove every day up to and with this one."""
    old = [file for file in folder.glob(DAYS) if file.stem <= f"{last:%Y%m%d}"]
    for file in old:
        file.unlink()
    return len(old)
