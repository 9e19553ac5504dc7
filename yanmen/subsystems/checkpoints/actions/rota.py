"""Shifts of a post and who takes them. Overlaps are refused by the database, whoever writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import queries
from yanmen.subsystems.checkpoints.actions.common import post_of
from yanmen.subsystems.checkpoints.methods.words import DUTIES
from yanmen.subsystems.checkpoints.models import Shift, ShiftNote, Turn

LONGEST = timedelta(hours=24)
MOST_NEEDED = 500


def plan_shift(
    *,
    scope: Scope,
    post: int,
    starts_at: datetime,
    ends_at: datetime,
    duties: Mapping[str, int],
    by: str,
    now: datetime,
) -> Shift:
    """Hours at a post and how many of each duty they need."""
    found = post_of(scope, post)
    needed = _needed(duties)
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        raise Refusal(
            "班次应在24小时以内，且结束晚于开始。",
            "A shift ends after it begins and lasts 24 hours at most.",
            field="ends_at",
            value=ends_at.isoformat(),
        )
    with _overlap_refused("checkpoints_shifts_apart", "本卡口在此时段已有班次。请调整时间。", "This post has a shift in these hours already. Change the hours.", "starts_at"):  # fmt: skip
        return Shift.objects.create(
            post=found, area=found.area, starts_at=starts_at, ends_at=ends_at, needed=needed, duties=dict(duties), created_at=now, created_by=by
        )  # fmt: skip


def drop_shift(*, scope: Scope, shift: int, by: str, now: datetime) -> None:
    """Take a shift out of the rota before it begins."""
    del by
    found = shift_of(scope, shift)
    if found.starts_at <= now:
        raise Refusal("班次已经开始，不能删除。", "The shift has begun and stays.", field="shift", value=str(shift))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM checkpoints_shift WHERE id = %s", [found.pk])  # turns go with it, notes keep it


def take_turn(*, scope: Scope, shift: int, account: int, duty: str, by: str, now: datetime) -> Turn:
    """Put somebody on a shift. Nobody is on two shifts at once."""
    found = shift_of(scope, shift)
    if duty not in found.duties:
        raise Refusal(
            f"该班次没有“{duty}”岗位。可选：{'、'.join(found.duties)}。",
            f'This shift has no duty "{duty}". Choose one of: {", ".join(found.duties)}.',
            field="duty",
            value=duty,
        )
    if account not in {each.pk for each in queries.staff(scope, area=found.area, now=now)}:
        raise Refusal(
            "此人在本地没有卡口岗位。请先由账号管理员授予。",
            "This account holds no checkpoint role here. An account administrator grants it first.",
            field="account",
            value=str(account),
        )
    with _overlap_refused("checkpoints_turns_apart", "此人同一时段已有班次。请换人或调整时间。", "This person is on another shift in these hours. Choose somebody else or other hours.", "account"):  # fmt: skip
        return Turn.objects.create(
            shift=found, area=found.area, account_id=account, duty=duty, starts_at=found.starts_at, ends_at=found.ends_at, created_at=now, created_by=by
        )  # fmt: skip


def release_turn(*, scope: Scope, turn: int, by: str, now: datetime) -> None:
    """Take somebody off a shift; the row stays."""
    del by
    rows = scope.within(Turn.objects, "area").filter(pk=turn, released_at=None)
    if not rows.update(released_at=now):
        raise Refusal("没有这一排班。", "There is no such turn.", field="turn", value=str(turn))


def leave_note(*, scope: Scope, shift: int, text: str, by: str, now: datetime) -> ShiftNote:
    """Tell the next shift something. Notes are never changed."""
    found = shift_of(scope, shift)
    if not text.strip():
        raise Refusal("请写下交接内容。", "Write what the next shift must know.", field="text", value=text)
    return ShiftNote.objects.create(shift=found, area=found.area, at=now, by=by, text=text.strip()[:500])


def shift_of(scope: Scope, shift: int) -> Shift:
    """The shift of that number; a refusal if it is not in the asker's areas."""
    found: Shift | None = scope.within(Shift.objects, "area").filter(pk=shift).first()
    if found is None:
        raise Refusal(
            "在您的辖区内没有这一班次。", "There is no such shift in your areas.", field="shift", value=str(shift)
        )
    return found


def _needed(duties: Mapping[str, int]) -> int:
    unknown = set(duties) - set(DUTIES)
    if unknown or any(count < 0 for count in duties.values()):
        raise Refusal(
            f"岗位可选：{'、'.join(DUTIES)}，人数不能为负。",
            f"Duties are {', '.join(DUTIES)}, and numbers are not negative.",
            field="duties",
            value=", ".join(sorted(unknown)),
        )
    total = sum(duties.values())
    if not 1 <= total <= MOST_NEEDED:
        raise Refusal("一个班次至少需要一人。", "A shift needs one person or more.", field="duties", value=str(total))
    return total


@contextmanager
def _overlap_refused(constraint: str, zh: str, en: str, field: str) -> Iterator[None]:
    """A write that the database refuses under this constraint becomes a refusal that people can read."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        if constraint not in str(fault):
            raise
        raise Refusal(zh, en, field=field) from None
