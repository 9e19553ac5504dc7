"""A bar in the terminal for a search that may take so many seconds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

BEAT = 0.2
Found = TypeVar("Found")


def searched(title: str, seconds: float, search: Callable[[], Found]) -> Found:
    """What a search finds; meanwhile its seconds go by on the terminal, where there is one. It must not touch the database."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
        ThreadPoolExecutor(1) as beside,
    ):
        task, began, found = bar.add_task(title, total=seconds), monotonic(), beside.submit(search)
        while True:
            try:
                return found.result(timeout=BEAT)
            except TimeoutError:
                bar.update(task, completed=min(seconds, monotonic() - began))
