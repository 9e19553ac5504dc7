"""What every record must be before it is kept: its id, its time, its person."""

from __future__ import annotations

from binascii import Error, a2b_base64
from functools import lru_cache

from yanmen.base.pseudonym import ON_PAPER
from yanmen.base.record_window import BEIJING, DAY, RecordWindow
from yanmen.base.refusals import Refusal
from yanmen.edge import packing
from yanmen.edge.settings import Limits, ShiftedClock

SHOWN_EARLY, SHOWN_LATE = 1, 3
"""Days before and after the day of a pseudonym on which a code with it may be shown: clocks differ, codes live two days."""

FRESH = 0.02

_URL_TO_PLAIN = bytes.maketrans(b"-_+/", b"+/!!")
"""What base64 writes in place of - and _ is none of base64url's."""

NOBODY = b"\xff" * 16
"""No pseudonym: what it opens to is not zero where it should be, but for one key in 2^32."""

_NAME = 22
"""Characters of a pseudonym."""


class Window(RecordWindow):
    """The times that records may carry at one moment, and names of people in them."""

    __slots__ = ("recorded_at",)

    def __init__(self, seconds: float, limits: Limits) -> None:
        super().__init__(int(seconds * 1000), past_days=limits.past_days, future_minutes=limits.future_minutes)
        self.recorded_at = packing.moment(self.now)

    def check_name(self, day: int, at: int) -> None:
        """A refusal unless a pseudonym of this day could be shown at that moment. Paper says itself how long it is good.

        Who sees a code today cannot record that its holder was somewhere last week.
        """
        shown = (at + BEIJING) // DAY
        if day < ON_PAPER and not day - SHOWN_EARLY <= shown <= day + SHOWN_LATE:
            raise foreign()


class Windows:
    """The present window, made anew a few dozen times a second and not for every record."""

    def __init__(self, clock: ShiftedClock, limits: Limits) -> None:
        self._clock = clock
        self._limits = limits
        self._made = Window(clock.seconds(), limits)
        self._until = 0.0

    def present(self) -> Window:
        """Not older than 20 ms."""
        now = self._clock.seconds()
        if not self._until - FRESH <= now < self._until:
            self._made = Window(now, self._limits)
            self._until = now + FRESH
        return self._made


@lru_cache(64)
def one(day: int) -> frozenset[int]:
    """The days of a single record."""
    return frozenset((day,))


def octets(text: str) -> bytes:
    """The bytes of a base64url text without padding."""
    try:
        return a2b_base64(text.encode().translate(_URL_TO_PLAIN) + b"=" * (-len(text) % 4), strict_mode=True)
    except (Error, ValueError) as fault:
        raise Refusal(
            "内容不是 base64url 编码。", "This is no base64url text without padding.", value=text[:40]
        ) from fault


def pseudonym(text: str) -> bytes:
    """The 16 bytes of a pseudonym."""
    if len(text) != _NAME:
        raise foreign()
    try:
        return a2b_base64(text.encode().translate(_URL_TO_PLAIN) + b"==", strict_mode=True)
    except (Error, ValueError) as fault:
        raise foreign() from fault


def foreign() -> Refusal:
    """A pseudonym that names nobody here."""
    return Refusal(
        "健康码编号无效或已失效，请重新扫描。",
        "This name of a person was not made here, or is too old. Scan the code again.",
        field="pseudonym",
    )


def pseudonyms(texts: list[str | None]) -> list[bytes]:
    """The bytes of many pseudonyms; what is none becomes bytes that open to nobody."""
    try:
        if None not in texts and set(map(len, texts)) == {_NAME}:  # type: ignore[arg-type]
            joined = "AA".join(texts) + "AA"  # type: ignore[arg-type]
            whole = a2b_base64(joined.encode().translate(_URL_TO_PLAIN), strict_mode=True)
            return [whole[start : start + 16] for start in range(0, len(whole), 18)]
    except (Error, ValueError):
        pass
    return [_or_nobody(text) for text in texts]


def _or_nobody(text: str | None) -> bytes:
    try:
        return NOBODY if text is None else pseudonym(text)
    except Refusal:
        return NOBODY
