"""A rack at a time: a rack scanner reads the labels of a whole rack at once, when it is packed and when it is received.

What is as it usually is takes one statement; every other tube goes the way of a single scan, and says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.actions.receiving import RECEIVED, receive_tube
from yanmen.subsystems.screening.actions.transport import locked, pack_tube
from yanmen.subsystems.screening.models import Tube

MOST = 400
"""Labels that one scan may read: a plate of 384 and some to spare."""

OPEN = {"void_at": None, "released_at": None, "received_at": None}
"""A tube that is on its way."""


@dataclass
class Rack:
    """What became of each label: taken without a word, taken with findings, or refused with the reason. They sum to the labels read."""

    taken: int = 0
    noted: dict[str, list[str]] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)


@transaction.atomic
def pack_rack(*, scope: Scope, box: int, tubes: Sequence[str], rack: str, by: str, now: datetime) -> Rack:
    """Put a rack of tubes into a box that is being packed."""
    found, codes = locked(scope, box), _labels(tubes)
    scope.require(found.area)
    room = found.capacity - found.tubes.count()
    if found.state != "draft" or len(codes) > room:
        return _one_by_one(codes, lambda code: pack_tube(scope=scope, box=box, tube=code, rack=rack, by=by, now=now)[1])
    about: dict[str, Any] = {"box": None, "site": found.site_id} | OPEN
    usual = _usual(codes, about, box=found, rack=rack.strip()[:40], boxed_at=now, typed=False)
    rest = [code for code in codes if code not in usual]
    told = _one_by_one(rest, lambda code: pack_tube(scope=scope, box=box, tube=code, rack=rack, by=by, now=now)[1])
    told.taken += len(usual)
    return told


@transaction.atomic
def receive_rack(*, scope: Scope, box: int, tubes: Sequence[str], by: str, now: datetime) -> Rack:
    """A rack of tubes was taken out of a box and read."""
    found, codes = locked(scope, box), _labels(tubes)
    scope.require(found.lab_area)
    usual: set[str] = set()
    if found.state == RECEIVED:
        about: dict[str, Any] = {"box": found, "condition": "", "logged_at": None} | OPEN
        here = {"laboratory": found.laboratory_id, "lab_area": found.lab_area}
        usual = _usual(codes, about, condition=RECEIVED, received_at=now, **here)
    rest = [code for code in codes if code not in usual]
    told = _one_by_one(rest, lambda code: _received(scope, box, code, by, now))
    told.taken += len(usual)
    return told


def _received(scope: Scope, box: int, code: str, by: str, now: datetime) -> Sequence[str]:
    return receive_tube(scope=scope, box=box, tube=code, by=by, now=now).findings


def _labels(tubes: Sequence[str]) -> list[str]:
    """The labels that were read, each once."""
    codes = list(dict.fromkeys(each.strip() for each in tubes))
    if not 1 <= len(codes) <= MOST:
        raise Refusal(
            f"一次应扫描1至{MOST}管。", f"A scan reads 1 to {MOST} tubes.", field="tubes", value=str(len(codes))
        )
    return codes


def _usual(codes: Sequence[str], about: dict[str, Any], **changes: Any) -> set[str]:
    """Take in those that are as they should be; which they were."""
    rows = Tube.objects.select_for_update(of=("self",)).filter(pk__in=codes, **about)
    found = set(rows.values_list("pk", flat=True))
    Tube.objects.filter(pk__in=found).update(**changes)
    return found


def _one_by_one(codes: Sequence[str], take: Callable[[str], Sequence[str]]) -> Rack:
    told = Rack()
    for code in codes:
        try:
            with transaction.atomic():
                findings = list(take(code))
        except Refusal as refusal:
            told.refused[code] = refusal
            continue
        if findings:
            told.noted[code] = findings
        else:
            told.taken += 1
    return told
