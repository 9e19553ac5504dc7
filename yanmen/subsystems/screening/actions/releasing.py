"""Releasing a run: every member of a negative tube is told at once; a tube that is not negative holds its members and nobody else.

Two people sign. Nothing is released twice: a tube is released once, and its members' facts have ids that follow from the
release. A correction withdraws what the wrong result said, fact by fact, and says the right one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7, uuid7s
from yanmen.base.record_window import PAST_DAYS
from yanmen.base.refusals import Refusal
from yanmen.base.rows import records
from yanmen.loop import bulk, facts
from yanmen.loop.own_kinds import WITHDRAWN
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.screening import kinds
from yanmen.subsystems.screening.methods.courses import RUN
from yanmen.subsystems.screening.methods.words import TUBE_RESULTS
from yanmen.subsystems.screening.models import Run, Tube, Well
from yanmen.subsystems.screening.queries.statements import statement

NEGATIVE, INVALID, SINGLE_TARGET = "negative", "invalid", "single_target"
BATCH = 2000
BEHIND = timedelta(minutes=20)
"""Bindings are looked for so long before the look before the last: longer than the looks at tubes go back."""

OLDEST = timedelta(days=PAST_DAYS + 2)
"""Of bindings that may still come in, and of those that came in during the last looks."""


@dataclass(frozen=True)
class Released:
    """What a release told: tubes by result, members told that they were negative, members of other tubes, tubes to repeat."""

    tubes: dict[str, int]
    told: int
    held: int
    repeat: int


@transaction.atomic
def release_run(*, scope: Scope, run: int, by: str, now: datetime) -> Released:
    """Release what a run showed. Refused while a violation is open, and to whoever accepted the run."""
    found: Run | None = scope.within(Run.objects.select_for_update(), "area").filter(pk=run).first()
    if found is None:
        raise Refusal("没有这一检测批次。", "There is no such run in your areas.", field="run", value=str(run))
    state = RUN.after(found.state, "release")
    if by == found.accepted_by:
        raise Refusal(
            "初审与复核须由两人完成，请由另一人签发。",
            "Whoever accepted a run does not release it. Ask a second person.",
            field="by",
            value=by,
        )
    open_rules = list(found.violations.filter(resolved_at=None).values_list("rule", flat=True))
    if open_rules:
        raise Refusal(
            f"质控失控未处理（{'、'.join(open_rules)}），结果暂不能签发。请先处理。",
            f"Control rules are broken and open ({', '.join(open_rules)}); nothing is released before they are settled.",
            field="run",
            value=found.code,
        )
    found.state, found.released_at, found.released_by = state, now, by
    found.save(update_fields=["state", "released_at", "released_by"])
    readings = {well.tube: well for well in found.plate.exclude(tube="")}
    waiting = Tube.objects.select_for_update().filter(run=found, released_at=None, void_at=None).order_by("code")
    return _tell([(tube, readings[tube.code]) for tube in waiting if tube.code in readings], found, by=by, now=now)


@transaction.atomic
def correct_tube(*, scope: Scope, tube: str, result: str, note: str, by: str, now: datetime) -> Released:
    """State a released result anew: what the wrong one said is withdrawn, and the next turn lifts what it caused."""
    if result not in TUBE_RESULTS or result == INVALID:
        raise Refusal("结果不在可选范围内。", "No such result.", field="result", value=result)
    if not note.strip():
        raise Refusal("请写明更正原因。", "Say why it is corrected.", field="note", value="")
    found: Tube | None = scope.within(Tube.objects.select_for_update(), "lab_area").filter(pk=tube).first()
    if found is None or found.told is None or found.run is None:
        raise Refusal("没有这一已签发的采样管。", "No tube of this number was released here.", field="tube", value=tube)
    if found.result == result:
        raise Refusal("结果与原结果相同。", "That is what was released.", field="result", value=result)
    _withdraw(found, note.strip(), by=by, now=now)
    found.result = result
    return _tell([(found, _read_as(found, found.run))], found.run, by=by, now=now)


def tell_late(*, by: str, now: datetime) -> int:
    """Members whose phone delivered their binding only after the release are told what the others were. Returns in how many tubes."""
    provinces = Area.objects.filter(level="province", valid_to=None).values_list("code", flat=True)
    return sum(_tell_late(code, by=by, now=now) for code in list(provinces))


def _tell_late(province: str, *, by: str, now: datetime) -> int:
    about: dict[str, Any] = {"area": province, "now": now, "behind": BEHIND}
    about["oldest"] = local_date(now - OLDEST)
    with acting(system(province)), connection.cursor() as cursor:
        cursor.execute(statement("told_late"), about)
        late = Tube.objects.filter(pk__in=[code for (code,) in cursor.fetchall()]).select_related("run").order_by("run")
        for run, group in groupby(late, key=attrgetter("run")):
            tubes = list(group)
            _tell_negative([tube for tube in tubes if tube.result == NEGATIVE], run, by=by, now=now)
            _hold([(tube, _read_as(tube, run)) for tube in tubes if tube.result != NEGATIVE], run, by=by, now=now)
        return len(late)


def _read_as(tube: Tube, run: Run) -> Well:
    """The tube's well, with what the tube was released as: it may have been corrected."""
    well: Well = run.plate.get(tube=tube.code)
    well.result = tube.result
    return well


def _tell(read: Sequence[tuple[Tube, Well]], run: Run, *, by: str, now: datetime) -> Released:
    final = [(tube, well) for tube, well in read if well.result not in ("", INVALID)]
    again = [tube.code for tube, well in read if well.result in ("", INVALID)]
    Tube.objects.filter(pk__in=again).update(run=None, logged_at=None, measured_at=None)
    for start in range(0, len(final), BATCH):
        _release(final[start : start + BATCH], run, by=by, now=now)
    negative = [tube for tube, well in final if well.result == NEGATIVE]
    told = sum(
        _tell_negative(negative[start : start + BATCH], run, by=by, now=now) for start in range(0, len(negative), BATCH)
    )
    held = _hold([(tube, well) for tube, well in final if well.result != NEGATIVE], run, by=by, now=now)
    counts = {name: sum(well.result == name for _, well in final) for name in TUBE_RESULTS}
    return Released({name: count for name, count in counts.items() if count}, told, held, len(again))


def _release(read: Sequence[tuple[Tube, Well]], run: Run, *, by: str, now: datetime) -> None:
    """Each tube's result as a fact, and in its row."""
    rows = []
    for (tube, well), key in zip(read, uuid7s(now, len(read)), strict=True):
        tube.result, tube.told, tube.released_at = well.result, key, now
        detail = {"tube": tube.code, "run": run.pk, "result": well.result, "members": tube.members, "reviewer": by}
        rows.append({"id": key, "place": run.laboratory_id, "area": run.area, "occurred_at": tube.first_at} | {"detail": detail})  # fmt: skip
    bulk.record_bulk(kinds.TUBE_RESULT.name, rows, by=by, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE screening_tube t SET result = r.result, told = r.told, released_at = %s"
            " FROM unnest(%s::text[], %s::text[], %s::uuid[]) AS r (code, result, told) WHERE t.code = r.code",
            [now, [t.code for t, _ in read], [t.result for t, _ in read], [t.told for t, _ in read]],
        )


def _tell_negative(tubes: Sequence[Tube], run: Run, *, by: str, now: datetime) -> int:
    if not tubes:
        return 0
    bulk.make_day(kinds.NEGATIVE.name, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT screening_tell(%s, %s, %s, %s, %s)",
            [[tube.code for tube in tubes], [tube.told for tube in tubes], run.laboratory_id, by, now],
        )
        return int(cursor.fetchone()[0])


def _hold(read: Sequence[tuple[Tube, Well]], run: Run, *, by: str, now: datetime) -> int:
    """Members of tubes that are not negative: held until a test of their own, or found by it."""
    shown = {tube.code: (tube, well) for tube, well in read}
    members = _members(list(shown), now)
    alone, shared = [], []
    for each in members:
        tube, well = shown[each["tube"]]
        row = _about(each, tube) | {"occurred_at": each["sampled_at"]}
        lowest = min((ct for ct in well.targets.values() if ct is not None), default=None)
        ct = {} if lowest is None else {"ct": lowest}
        if each["members"] == 1:
            result = "grey" if well.result == SINGLE_TARGET else well.result
            detail = {"sample": str(each["binding"]), "result": result, "method": "nat"} | ct
            alone.append(row | {"detail": detail})
        else:
            detail = {"tube": tube.code, "result": well.result, "members": each["members"]} | ct
            shared.append(row | {"detail": detail | {"laboratory": run.laboratory_id}})
    _record(kinds.RESULT.name, alone, by=by, now=now)
    _record(kinds.REACTIVE.name, shared, by=by, now=now)
    return len(members)


def _record(kind: str, rows: Sequence[dict[str, Any]], *, by: str, now: datetime) -> None:
    """Members live outside the laboratory's areas: what is told of them is recorded for their province."""
    for province in sorted({row["area"][:2] for row in rows}):
        with acting(system(province)):
            facts.record_many(kind, [row for row in rows if row["area"].startswith(province)], by=by, now=now)


def _withdraw(tube: Tube, note: str, *, by: str, now: datetime) -> None:
    members = _members([tube.code], now)
    kind = kinds.NEGATIVE.name if tube.result == NEGATIVE else kinds.REACTIVE.name
    said = {"id": uuid7(now), "area": tube.area, "occurred_at": now, "corrects": tube.told}
    said |= {"detail": {"reason": note, "kind": kinds.TUBE_RESULT.name}}
    _record(WITHDRAWN.name, [said, *_withdrawals(tube, members, note, kind, now)], by=by, now=now)


def _withdrawals(
    tube: Tube, members: Sequence[dict[str, Any]], note: str, kind: str, now: datetime
) -> Iterator[dict[str, Any]]:
    about = {"occurred_at": now, "detail": {"reason": note, "kind": kind}}
    for each, key in zip(members, uuid7s(now, len(members)), strict=True):
        yield _about(each, tube) | about | {"corrects": _about(each, tube)["id"], "id": key}


def _members(tubes: list[str], now: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM screening_members(%s, %s)", [tubes, now])
        return records(cursor)


def _about(member: dict[str, Any], tube: Tube) -> dict[str, Any]:
    assert tube.told is not None
    told = UUID(str(tube.told)[:18] + str(member["binding"])[18:])
    return {"id": told, "person": member["person"], "place": member["place"], "area": member["area"]}
