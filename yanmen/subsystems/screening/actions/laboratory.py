"""A run from the plate to the reviewer: loading tubes and controls, accepting, sending back, discarding, settling what holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.courses import RUN
from yanmen.subsystems.screening.methods.plates import SHAPES, position
from yanmen.subsystems.screening.methods.words import CONTROLS
from yanmen.subsystems.screening.models import Finding, Laboratory, Run, Tube, Violation, Well
from yanmen.subsystems.screening.queries import laboratory as queries

SHOWN = 8


@dataclass(frozen=True)
class Placed:
    """What stands in a well: a tube by its code, or a control with its lot."""

    position: str
    tube: str = ""
    control: str = ""
    control_lot: str = ""


@transaction.atomic
def load_run(
    *, scope: Scope, laboratory: int, code: str, instrument: str, kit: str, lot: str, plate: Sequence[Placed], by: str,
    now: datetime, wells: int = 96,
) -> Run:  # fmt: skip
    """Put tubes and controls on a plate. Every tube must be waiting at this laboratory; the policy says which controls there must be."""
    bench = queries.at(scope, laboratory)
    said = {"code": code.strip(), "instrument": instrument.strip(), "kit": kit.strip(), "lot": lot.strip()}
    for field, value in said.items():
        if not 0 < len(value) <= 60:
            raise Refusal("此处为必填，最多60字。", "Needed here, 60 letters at most.", field=field, value=value[:60])
    if wells not in SHAPES:
        raise Refusal("板为96孔或384孔。", "A plate has 96 or 384 wells.", field="wells", value=str(wells))
    placed = [_placed(each, wells) for each in plate]
    _refuse_twice(placed)
    _check_controls(scope, bench, placed, queries.control_numbers(now))
    if Run.objects.filter(laboratory=bench, code=said["code"]).exists():
        raise Refusal("这一批次编号已使用。", "There is a run of this code already.", field="code", value=said["code"])
    tubes = _waiting(scope, bench, [each.tube for each in placed if each.tube])
    run = Run.objects.create(laboratory=bench, area=bench.area, wells=wells, loaded_at=now, loaded_by=by, **said)
    Well.objects.bulk_create(
        Well(run=run, position=each.position, tube=each.tube, control=each.control, control_lot=each.control_lot)
        for each in placed
    )
    Tube.objects.filter(pk__in=[tube.pk for tube in tubes]).update(run=run, logged_at=now)
    _find_never_bound(tubes, run, now)
    return run


@transaction.atomic
def accept_run(*, scope: Scope, run: int, by: str, now: datetime) -> Run:
    """A technician accepts what was measured. Tubes that are grey or of one target for the first time go back for one repeat."""
    found = locked(scope, run)
    state = RUN.after(found.state, "accept")
    if left := queries.mismatches(scope, run).filter(resolved_at=None).count():
        raise Refusal(
            f"仪器文件与板图有{left}处不符，请先处理。", f"The file and the plate map differ in {left} places. Settle them first.",
            field="run", value=found.code,
        )  # fmt: skip
    found.state, found.accepted_at, found.accepted_by = state, now, by
    found.save(update_fields=["state", "accepted_at", "accepted_by"])
    _repeat(scope, found, now)
    return found


@transaction.atomic
def send_back(*, scope: Scope, run: int, note: str, by: str, now: datetime) -> Run:
    """The reviewer sends an accepted run back to the technician."""
    found = locked(scope, run)
    found.state = RUN.after(found.state, "send_back")
    found.accepted_at, found.accepted_by, found.note = None, "", f"{_note(note)} ({by})"
    found.save(update_fields=["state", "accepted_at", "accepted_by", "note"])
    return found


@transaction.atomic
def discard_run(*, scope: Scope, run: int, note: str, by: str, now: datetime) -> int:
    """Give a run up: its tubes go back into the queue. Returns how many."""
    found = locked(scope, run)
    found.state, found.note = RUN.after(found.state, "discard"), f"{_note(note)} ({by})"
    found.save(update_fields=["state", "note"])
    found.violations.filter(resolved_at=None).update(resolved_at=now, resolved_by=by, note=found.note)
    queries.mismatches(scope, run).filter(resolved_at=None).update(resolved_at=now, resolved_by=by, note=found.note)
    tubes = Tube.objects.filter(run=found, released_at=None)
    return tubes.update(run=None, logged_at=None, measured_at=None)


@transaction.atomic
def settle_violation(*, scope: Scope, violation: int, note: str, by: str, now: datetime) -> Violation:
    """Say what was done about a broken control rule. Only then is anything of its run released."""
    found: Violation | None = (
        scope.within(Violation.objects.select_for_update(), "area").filter(pk=violation, resolved_at=None).first()
    )
    if found is None:
        raise Refusal(
            "没有这一待处理的失控。", "There is no such open violation.", field="violation", value=str(violation)
        )
    found.resolved_at, found.resolved_by, found.note = now, by, _note(note)
    found.save(update_fields=["resolved_at", "resolved_by", "note"])
    return found


@transaction.atomic
def settle_mismatch(*, scope: Scope, run: int, finding: int, note: str, by: str, now: datetime) -> Finding:
    """Say what was right where the file and the plate map differ: the plate map's tube keeps the reading of its well."""
    found = queries.mismatches(scope, run).filter(pk=finding, resolved_at=None).first()
    if found is None:
        raise Refusal("没有这一待核对的孔。", "There is no such open difference.", field="finding", value=str(finding))
    found.resolved_at, found.resolved_by, found.note = now, by, _note(note)
    found.save(update_fields=["resolved_at", "resolved_by", "note"])
    return found


def locked(scope: Scope, run: int) -> Run:
    """One run, kept from others until the end of the transaction."""
    found: Run | None = scope.within(Run.objects.select_for_update(), "area").filter(pk=run).first()
    if found is None:
        raise Refusal("没有这一检测批次。", "There is no such run in your areas.", field="run", value=str(run))
    return found


def _note(text: str) -> str:
    if not text.strip():
        raise Refusal("请写明原因或处理情况。", "Say why, or what was done.", field="note", value="")
    return text.strip()[:400]


def _placed(each: Placed, wells: int) -> Placed:
    where = position(each.position, wells)
    if bool(each.tube) == bool(each.control):
        raise Refusal(
            "每孔放一支采样管或一个质控。", "A well holds one tube or one control.", field="plate", value=where
        )
    if each.control and each.control not in CONTROLS:
        raise Refusal(
            "质控类型不在可选范围内。",
            f"A control is one of {', '.join(CONTROLS)}.",
            field="plate",
            value=each.control[:20],
        )
    if each.control in queries.CHARTED and not each.control_lot.strip():
        raise Refusal("阳性质控须注明批号。", "A positive control needs its lot.", field="plate", value=where)
    return Placed(where, each.tube.strip()[:40], each.control, each.control_lot.strip()[:80])


def _refuse_twice(placed: Sequence[Placed]) -> None:
    for values, zh, en in (
        ([each.position for each in placed], "同一孔位出现两次", "the same well twice"),
        ([each.tube for each in placed if each.tube], "同一采样管出现两次", "the same tube twice"),
    ):
        twice = [value for value, count in Counter(values).items() if count > 1]
        if twice:
            raise Refusal(
                f"板图有误：{zh}。", f"The plate map names {en}.", field="plate", value=", ".join(twice[:SHOWN])
            )


def _check_controls(scope: Scope, bench: Laboratory, placed: Sequence[Placed], policy: Mapping[str, Any]) -> None:
    if not any(each.tube for each in placed):
        raise Refusal("板上没有采样管。", "There is no tube on the plate.", field="plate", value="")
    for control, title in CONTROLS.items():
        least, there = int(policy.get(f"{control}_least", 0)), sum(each.control == control for each in placed)
        if there < least:
            raise Refusal(
                f"每批至少需要{least}份{title['zh']}，现有{there}份。", f"A batch needs {least} of: {title['en']}. There are {there}.",
                field="plate", value=control,
            )  # fmt: skip
    where = {each.position for each in placed if each.control}
    last = queries.runs(scope, bench.pk).exclude(state="discarded").first()
    if policy.get("random_positions") and last is not None:
        before = set(last.plate.exclude(control="").values_list("position", flat=True))
        if where == before:
            raise Refusal(
                "质控孔位须随机放置，不能与上一批完全相同。", "Controls stand at random positions, not at those of the run before.",
                field="plate", value=", ".join(sorted(where)),
            )  # fmt: skip


def _waiting(scope: Scope, bench: Laboratory, codes: Sequence[str]) -> list[Tube]:
    """The tubes, locked. Refused by name where one is not waiting here."""
    rows = scope.within(Tube.objects.select_for_update(), "lab_area").filter(pk__in=list(codes), laboratory=bench)
    found = {tube.code: tube for tube in rows.order_by("code")}
    here = {code for code, tube in found.items() if tube.gate == "received" and tube.condition != "missing"}
    if strange := [code for code in codes if code not in here]:
        told = "、".join(f"{code}（{found[code].gate}）" if code in found else code for code in strange[:SHOWN])
        raise Refusal(
            f"{len(strange)}支采样管不在本机构待检：{told}。", f"{len(strange)} tubes do not wait at this laboratory: {told}.",
            field="plate", value=strange[0],
        )  # fmt: skip
    return [found[code] for code in codes]


def _find_never_bound(tubes: Sequence[Tube], run: Run, now: datetime) -> None:
    Finding.objects.bulk_create(
        (
            Finding(
                kind="never_bound", tube=tube.code, area=tube.area, site_id=tube.site_id, found_at=now,
                detail={"run": run.code, "laboratory": run.laboratory_id},
            )
            for tube in tubes
            if not tube.members
        ),
        ignore_conflicts=True,
    )  # fmt: skip


def _repeat(scope: Scope, run: Run, now: datetime) -> None:
    """Grey and single-target tubes of a first reading: the well says so, the tube waits again."""
    policy = queries.reading(now)
    if not policy.repeats:
        return
    wells = list(run.plate.filter(result__in=policy.repeated).exclude(tube=""))
    before = queries.read_before(scope, [well.tube for well in wells], run.pk, policy.repeated)
    again = [well for well in wells if well.tube not in before]
    for well in again:
        well.doubts = [each for each in well.doubts if each["doubt"] != "repeat"] + [{"doubt": "repeat"}]
    Well.objects.bulk_update(again, ["doubts"])
    codes = [well.tube for well in again]
    Tube.objects.filter(pk__in=codes, run=run, released_at=None).update(run=None, logged_at=None, measured_at=None)
