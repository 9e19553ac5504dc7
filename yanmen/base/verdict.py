"""What a door does with a code: act, reason, and how old the knowledge is. The same on a phone, in the edge, here.

`judge` verifies offline: the signed list of keys and the signed list of changes are all it needs. The numbers and what
to do with each colour are policy. Old knowledge is told and may ask for a second look; it never refuses anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Protocol

from yanmen.base.credentials import COMPANION, LONGEST_TEXT, PAPER, Claims, Showing, read_text
from yanmen.base.key_list import CODE, KeyList
from yanmen.base.key_list import PAPER as PAPER_USE
from yanmen.base.refusals import Malformed, Refusal
from yanmen.base.verdict_texts import TEXTS

PASS, CHECK, REFER, STOP = "pass", "check", "refer", "stop"
ACTS = (PASS, CHECK, REFER, STOP)

# What a door does when the code itself is at fault. Colours and tests are the policy's.
_FAULTS: Mapping[str, str] = {
    "too_long": CHECK,
    "malformed": CHECK,
    "unknown_key": CHECK,
    "key_revoked": REFER,
    "bad_signature": STOP,
    "clock_wrong": CHECK,
    "not_yet_valid": CHECK,
    "expired": CHECK,
    "showing_missing": CHECK,
    "holder_mismatch": STOP,
    "screenshot": CHECK,
    "revoked": REFER,
    "status_changed": REFER,
}


class Knowledge(Protocol):
    """What is known since a code was issued: the list of changes, or an edge's own image."""

    @property
    def as_of(self) -> int:
        """The moment of this knowledge, in seconds since 1970."""

    def speaks_against(self, claims: Claims) -> str | None:
        """`revoked`, `status_changed`, or None."""


@dataclass(frozen=True)
class DoorPolicy:
    """What policy says to a door. `colours` holds act and reason for each colour, best first."""

    showing_seconds: int = 60
    clock_skew_seconds: int = 30
    knowledge_old_minutes: int = 720
    act_when_old: str = PASS
    colours: tuple[tuple[str, str], ...] = ((PASS, "valid"), (REFER, "colour_yellow"), (STOP, "colour_red"))
    test_max_age_hours: int | None = None
    act_without_test: str = REFER
    act_on_paper: str = CHECK
    act_on_companion: str = CHECK

    def __post_init__(self) -> None:
        acts = {self.act_without_test, self.act_on_paper, self.act_on_companion, *(act for act, _ in self.colours)}
        if not acts <= set(ACTS) or not self.colours or any(reason not in TEXTS for _, reason in self.colours):
            raise _no_policy()
        if self.act_when_old not in (PASS, CHECK):
            raise Refusal(
                "不得仅因数据陈旧拒绝任何人：act_when_old 只能是 pass 或 check。",
                "Nobody is refused because knowledge is old: act_when_old is pass or check.",
                field="act_when_old",
                value=self.act_when_old,
            )

    @classmethod
    def of(cls, said: Mapping[str, object]) -> "DoorPolicy":
        """The policy as a pack or a published document says it; unknown words are refused."""
        known = {each.name for each in fields(cls)}
        if not said.keys() <= known:
            raise _no_policy()
        values = dict(said)
        try:
            if "colours" in values:
                values["colours"] = tuple((act, reason) for act, reason in values["colours"])  # type: ignore[attr-defined]
            return cls(**values)  # type: ignore[arg-type]
        except (TypeError, ValueError) as fault:
            raise fault if isinstance(fault, Refusal) else _no_policy() from fault


@dataclass(frozen=True)
class Verdict:
    """What to do, why, and how old the knowledge is (seconds; None if there is none)."""

    act: str
    reason: str
    notes: tuple[str, ...] = ()
    knowledge_age: int | None = None
    keys_age: int | None = None
    claims: Claims | None = None
    shown_at: int | None = None

    def said(self, language: str) -> str:
        """Reason and notes in the reader's language."""
        place = 1 if language.startswith("en") else 0
        return (" " if place else "").join(TEXTS[code][place] for code in (self.reason, *self.notes))


@dataclass(frozen=True)
class _Door:
    """One door at one moment."""

    keys: KeyList
    changes: Knowledge | None
    policy: DoorPolicy
    now: int
    claims: Claims | None = field(default=None)


def judge(text: str, *, keys: KeyList, changes: Knowledge | None, policy: DoorPolicy, now: datetime) -> Verdict:
    """The verdict on what was scanned."""
    door = _Door(keys, changes, policy, int(now.timestamp()))
    if len(text) > LONGEST_TEXT:
        return _verdict(door, _FAULTS["too_long"], "too_long")
    try:
        showing = read_text(text)
    except Malformed:
        return _verdict(door, _FAULTS["malformed"], "malformed")
    claims = showing.credential.claims
    fault = _distrusted(door, showing) or _out_of_time(door, claims) or _badly_shown(door, showing)
    fault = fault or (changes.speaks_against(claims) if changes else None)
    if fault:
        return _verdict(door, _FAULTS[fault], fault, showing)
    return _allowed(door, showing)


def _distrusted(door: _Door, showing: Showing) -> str | None:
    """Nobody we believe has signed it."""
    credential = showing.credential
    key = door.keys.find(credential.key_id, PAPER_USE if credential.claims.form == PAPER else CODE)
    if key is None:
        return "unknown_key"
    if key.revoked_at is not None:
        return "key_revoked"
    if not key.in_force(door.now):
        return "unknown_key"
    return None if credential.message.verify(key.public_key) else "bad_signature"


def _out_of_time(door: _Door, claims: Claims) -> str | None:
    """Too early, too late, or the door's own clock is behind what was signed."""
    skew = door.policy.clock_skew_seconds
    last_signed = max(door.keys.issued_at, door.changes.as_of if door.changes else 0)
    if door.now + skew < last_signed:
        return "clock_wrong"
    if door.now + skew < max(claims.not_before, claims.issued_at):
        return "not_yet_valid"
    return "expired" if door.now >= claims.expires_at else None


def _badly_shown(door: _Door, showing: Showing) -> str | None:
    """A picture of a code, a code on a phone that is not its own, a phone whose clock is ahead."""
    if showing.credential.claims.form == PAPER:
        return None if showing.shown_at is None else "malformed"
    if showing.shown_at is None:
        return "showing_missing"
    if not showing.by_holder:
        return "holder_mismatch"
    if showing.shown_at > door.now + door.policy.clock_skew_seconds:
        return "clock_wrong"
    return "screenshot" if door.now - showing.shown_at > door.policy.showing_seconds else None


def _allowed(door: _Door, showing: Showing) -> Verdict:
    """A true code of today: now its colour, its test, its form and the age of our knowledge speak."""
    claims, policy = showing.credential.claims, door.policy
    act, reason = policy.colours[min(claims.colour, len(policy.colours) - 1)]
    if act == PASS and policy.test_max_age_hours is not None:
        tested = claims.negative_minutes
        if tested is None or door.now - tested * 60 > policy.test_max_age_hours * 3600:
            act, reason = policy.act_without_test, "test_too_old"
    notes = []
    for form, note, asked in (
        (PAPER, "paper_check_document", policy.act_on_paper),
        (COMPANION, "companion_check", policy.act_on_companion),
    ):
        if claims.form == form:
            act = _sterner(act, asked)
            notes.append(note)
    return _verdict(door, act, reason, showing, tuple(notes))


def _verdict(
    door: _Door, act: str, reason: str, showing: Showing | None = None, notes: tuple[str, ...] = ()
) -> Verdict:
    age = None if door.changes is None else max(0, door.now - door.changes.as_of)
    if age is None or age > door.policy.knowledge_old_minutes * 60:
        notes = (*notes, "knowledge_old")
        act = _sterner(act, door.policy.act_when_old)
    if door.now > door.keys.expires_at:
        notes = (*notes, "keys_old")
    return Verdict(
        act=act,
        reason=reason,
        notes=notes,
        knowledge_age=age,
        keys_age=max(0, door.now - door.keys.issued_at),
        claims=showing.credential.claims if showing else None,
        shown_at=showing.shown_at if showing else None,
    )


def _sterner(one: str, other: str) -> str:
    return max(one, other, key=ACTS.index)


def _no_policy() -> Refusal:
    return Refusal(
        "通行规则有误：请检查字段名、动作和理由代码。",
        "This door policy does not hold together: check the names of its fields, its acts and its reasons.",
    )
