"""What an edge is told when it starts: everything comes from the environment, and a wrong value stops it with a reason."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from yanmen.base.clock import BEIJING
from yanmen.base.networks import Network, networks_in
from yanmen.base.record_window import FUTURE_MINUTES, PAST_DAYS
from yanmen.base.refusals import Refusal

KEYS = ("pseudonym_key", "session_key", "venue_key")
KEY_BYTES = 32


class SettingsFault(ValueError):
    """The edge cannot start like this; the message names the variable and the remedy."""


class ShiftedClock:
    """The machine's clock, or for a drill one that started elsewhere and runs on from there."""

    def __init__(self, start: str = "") -> None:
        self._shift = 0.0
        if start:
            moment = datetime.fromisoformat(start)
            self._shift = (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp() - time.time()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)

    def seconds(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._shift


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much an edge takes in before it says no. All are YANMEN_EDGE_<NAME> in the environment."""

    queue: int = 16_384
    """Records that may wait for a commit."""
    batch: int = 2_000
    """Records of one transaction; a device's batch is never split."""
    commit_seconds: float = 3.0
    """After this long without a commit the answer is 503 and the connection to the database is cut."""
    connections: int = 16_384
    """Clients that are connected at a time."""
    body: int = 256 * 1024
    batch_body: int = 1024 * 1024
    body_seconds: float = 10.0
    """A body that takes longer to arrive is given up."""
    sessions: int = 200_000
    """Sessions and devices that are remembered; forgetting one costs a little time, nothing else."""
    session_rate: float = 20.0
    """Requests a second of one device; five times as many at once."""
    network_rate: float = 100.0
    """Requests a second without a session from one address; five times as many at once."""
    forward: int = 16
    """Requests that are with the site at a time."""
    past_days: int = PAST_DAYS
    """How old a record may be that a device delivers."""
    future_minutes: int = FUTURE_MINUTES
    """How far a device's clock may be ahead."""
    session_hours: float = 12.0
    credential_hours: float = 24.0
    stale_hours: float = 12.0
    """How old an edge's knowledge may be when it signs a code. Published words go before these two."""


DEFAULT = Limits()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One edge."""

    database: str
    keys: Mapping[str, bytes]
    issuing: Path
    folder: Path
    site: str
    clock: ShiftedClock
    limits: Limits
    host: str
    port: int
    workers: int
    certificate: Path | None
    private_key: Path | None
    proxies: tuple[Network, ...] = ()
    """Whose word counts for whom they call; this machine's own always does."""
    drill: str = ""
    """How the phone pages mark a drill; empty for real work."""


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check everything at once."""
    certificate, private_key = _path(environment, "TLS_CERT"), _path(environment, "TLS_KEY")
    if (certificate is None) != (private_key is None):
        raise SettingsFault("YANMEN_EDGE_TLS_CERT and YANMEN_EDGE_TLS_KEY belong together: set both or none.")
    return Settings(
        database=_needed(environment, "DATABASE", "the address of the database for the role yanmen_edge"),
        keys=_keys(Path(_needed(environment, "SECRETS", "the file edge.json of the installation"))),
        issuing=_issuing(Path(_needed(environment, "ISSUING", "the folder of the issuing keys"))),
        folder=Path(_needed(environment, "FOLDER", "a folder for the memory image")),
        site=environment.get("YANMEN_EDGE_SITE", "").rstrip("/"),
        clock=_clock(environment.get("YANMEN_EDGE_CLOCK", "")),
        limits=_limits(environment),
        host=environment.get("YANMEN_EDGE_HOST", "127.0.0.1"),
        port=int(_number(environment, "PORT", 8100)),
        workers=int(_number(environment, "WORKERS", 1)),
        certificate=certificate,
        private_key=private_key,
        proxies=_proxies(environment.get("YANMEN_EDGE_PROXIES", "")),
        drill=environment.get("YANMEN_EDGE_DRILL", "").strip(),
    )


def _proxies(text: str) -> tuple[Network, ...]:
    try:
        return networks_in(text, name="YANMEN_EDGE_PROXIES")
    except Refusal as refusal:
        raise SettingsFault(f"{refusal.en} {refusal.zh}") from refusal


def _needed(environment: Mapping[str, str], name: str, what: str) -> str:
    found = environment.get(f"YANMEN_EDGE_{name}")
    if not found:
        raise SettingsFault(f"YANMEN_EDGE_{name} is not set. It names {what}; `yanmen edge serve` sets it.")
    return found


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    found = environment.get(f"YANMEN_EDGE_{name}")
    if found and not Path(found).is_file():
        raise SettingsFault(f"YANMEN_EDGE_{name}: there is no file {found}.")
    return Path(found) if found else None


def _issuing(folder: Path) -> Path:
    """An edge never makes keys: those of its own no door would know."""
    if not (folder / "keys.json").is_file():
        raise SettingsFault(
            f"YANMEN_EDGE_ISSUING: {folder} holds no keys.json. Copy it there with the code keys of the installation."
        )
    return folder


def _keys(path: Path) -> Mapping[str, bytes]:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        keys = {name: bytes.fromhex(found[name]) for name in KEYS}
    except (OSError, KeyError, ValueError) as fault:
        raise SettingsFault(f"YANMEN_EDGE_SECRETS: {path} does not hold {', '.join(KEYS)}: {fault}") from fault
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise SettingsFault(f"YANMEN_EDGE_SECRETS: a key in {path} has not {KEY_BYTES} bytes.")
    return keys


def _clock(start: str) -> ShiftedClock:
    try:
        return ShiftedClock(start)
    except ValueError as fault:
        raise SettingsFault(f"YANMEN_EDGE_CLOCK: {fault}. Write it like 2022-10-07T09:30:00+08:00.") from fault


def _limits(environment: Mapping[str, str]) -> Limits:
    given: dict[str, Any] = {
        each.name: _number(environment, each.name.upper(), getattr(DEFAULT, each.name)) for each in fields(Limits)
    }
    return Limits(**given)


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    """A number of the kind that the default is."""
    text = environment.get(f"YANMEN_EDGE_{name}", "")
    try:
        found: float = type(default)(text) if text else default
    except ValueError as fault:
        raise SettingsFault(f"YANMEN_EDGE_{name}: “{text}” is no number, or not a whole one.") from fault
    if found < 0:
        raise SettingsFault(f"YANMEN_EDGE_{name}: {text} is below zero.")
    return found
