"""Where expressions run: DuckDB in this process, or a Spark session that the caller has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from yanmen.numbers.exports import DAYS


@contextmanager
def duckdb(
    *, threads: int | None = None, memory: str | None = None, spill: Path | None = None
) -> Iterator[BaseBackend]:
    """DuckDB, with limits where the machine does other things, and a folder for what does not fit."""
    settings: dict[str, Any] = {"threads": threads, "memory_limit": memory, "temp_directory": spill and str(spill)}
    backend = ibis.duckdb.connect(**{name: value for name, value in settings.items() if value})
    try:
        yield backend
    finally:
        backend.disconnect()


def spark(session: Any) -> BaseBackend:
    """An existing Spark session as an engine. PySpark is the caller's to install (`pip install yanmen[spark]`)."""
    backend: BaseBackend = ibis.pyspark.connect(session)
    return backend


def read_days(backend: BaseBackend, folder: Path) -> Table:
    """Every day of an export as one table."""
    if not any(folder.glob(DAYS)):
        raise FileNotFoundError(f"{folder} holds no day yet. Export the days first.")
    days: Table = backend.read_parquet(str(folder / DAYS))
    return days
