"""The state folder: secrets and keys of this installation, and the embedded database's files."""

import json
import os
import secrets as random
import shutil
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PASSWORDS = ("postgres", "yanmen_owner", "yanmen_app", "yanmen_loop", "yanmen_edge")
COPIES = ("ledger", "stays")
"""Folders of what was copied out of the database: the ledger for figures, days of stays for questions about very many."""

EDGE_KEYS = ("pseudonym_key", "session_key", "venue_key")


def home() -> Path:
    """The folder named by YANMEN_HOME, or `.yanmen` beside the source; only its owner may list it."""
    folder = Path(os.environ.get("YANMEN_HOME") or ROOT / ".yanmen").resolve()
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


def drop_copies() -> None:
    """What was copied out of a database ends with it: figures must not speak of people who are gone."""
    for name in COPIES:
        shutil.rmtree(home() / name, ignore_errors=True)


def secrets() -> Mapping[str, str]:
    """Passwords and the session key, made once and kept in a file only its owner can read."""
    path = home() / "secrets.json"
    if not path.exists():
        _write_once(path, {name: random.token_urlsafe(32) for name in ("session_key", *PASSWORDS)})
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found if found.keys() >= set(PASSWORDS) else _with_new_names(path, found)


def edge_secrets() -> Mapping[str, str]:
    """The keys that all edges of an installation share, in hexadecimal (32 bytes each): for copying to their machines."""
    path = edge_secrets_file()
    if not path.exists():
        _write_once(path, {name: random.token_hex(32) for name in EDGE_KEYS})
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


def edge_secrets_file() -> Path:
    """Where `edge_secrets` are kept."""
    return home() / "edge.json"


def _with_new_names(path: Path, found: dict[str, str]) -> dict[str, str]:
    """An installation made before a role existed gets its password now."""
    more = {name: random.token_urlsafe(32) for name in PASSWORDS if name not in found}
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(0o600)
    draft.write_text(json.dumps(found | more, indent=1), "utf-8")
    draft.replace(path)
    return found | more


def _write_once(path: Path, content: dict[str, str]) -> None:
    """Write and link into place: of two callers at once the first wins and both read its file."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def clock_start() -> str:
    """Where the clock of a drill starts: YANMEN_CLOCK, or what the demo left here; empty for the real time."""
    named = os.environ.get("YANMEN_CLOCK")
    file = home() / "clock"
    return named or (file.read_text("utf-8").strip() if file.exists() else "")


def keep_clock(moment: str) -> None:
    """From now on this installation lives at the moment of its drill; empty goes back to the real time."""
    file = home() / "clock"
    if moment:
        file.write_text(moment, "utf-8")
    else:
        file.unlink(missing_ok=True)
