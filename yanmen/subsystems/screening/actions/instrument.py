"""What an instrument or a laboratory system says about a run: its file is read once, row by row, into the wells of the plate map."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, connection, transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.actions.controls import Controlled, evaluate
from yanmen.subsystems.screening.actions.laboratory import locked
from yanmen.subsystems.screening.methods.courses import RUN
from yanmen.subsystems.screening.methods.fhir import take_bundle
from yanmen.subsystems.screening.methods.instrument_files import Rejected, Taken, take_csv
from yanmen.subsystems.screening.methods.rdml import is_rdml, take_rdml
from yanmen.subsystems.screening.methods.reading import read
from yanmen.subsystems.screening.methods.suspicions import Seen, suspicions
from yanmen.subsystems.screening.models import Finding, Run, Tube, Well
from yanmen.subsystems.screening.queries import laboratory as queries


@dataclass(frozen=True)
class FileReceipt:
    """What became of every row of a file: `read + blank + len(rejected)` is `rows`. And what it means for the run."""

    rows: int
    read: int
    blank: int
    rejected: tuple[Rejected, ...]
    mismatches: int
    results: dict[str, int]
    doubtful: int
    controls: Controlled

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


@transaction.atomic
def read_file(
    *, scope: Scope, run: int, content: bytes, name: str, by: str, now: datetime, measured_at: datetime | None = None
) -> FileReceipt:
    """Read the instrument's CSV or RDML, or a FHIR Bundle, into a run. The same file is read once, whichever run it is sent to."""
    found = locked(scope, run)
    state = RUN.after(found.state, "measure")
    at = measured_at or now
    if at > now:
        raise Refusal(
            "检测时间不能晚于现在。", "It was not measured after now.", field="measured_at", value=at.isoformat()
        )
    plate = {well.position: well for well in found.plate.all()}
    taken = _taken(content, found, plate)
    cts = {position: targets for position, targets in taken.wells().items() if position in plate}
    if not cts:
        raise Refusal(
            "文件中没有本板的孔。", "The file says nothing about a well of this plate.", field="file", value=name[:80]
        )
    _once(found, content, name)
    found.state, found.measured_at = state, at
    found.save(update_fields=["state", "measured_at"])
    policy = queries.reading(at)
    differ = _mismatches(taken, plate)
    for position, well in plate.items():
        well.targets = cts.get(position, {})
        well.result = read(well.targets, policy) if well.tube else ""
    seen = [Seen(well.position, well.control, well.targets, well.result) for well in plate.values()]
    doubts = suspicions(seen, found.wells, policy)
    for position, well in plate.items():
        own = [{"doubt": "incomplete"}] if well.tube and not well.result else []
        own += [{"doubt": "mismatch", "sample": differ[position]}] if position in differ else []
        well.doubts = own + doubts.get(position, [])
    _keep(plate.values())
    _find(found, plate, differ, now)
    Tube.objects.filter(run=found, released_at=None).update(measured_at=max(at, found.loaded_at))
    controls = evaluate(scope=scope, run=found, by=by, now=now)
    receipt = _receipt(taken, list(plate.values()), len(differ), controls)
    found.receipt = receipt.plain()
    found.save(update_fields=["receipt"])
    return receipt


def _keep(wells: Iterable[Well]) -> None:
    """What was read, in one statement: a case for each of 384 wells takes the database longer than reading the file."""
    rows = [{"id": each.pk, "targets": each.targets, "result": each.result, "doubts": each.doubts} for each in wells]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE screening_well w SET targets = r.targets, result = r.result, doubts = r.doubts"
            " FROM jsonb_to_recordset(%s::jsonb) AS r (id bigint, targets jsonb, result text, doubts jsonb) WHERE w.id = r.id",
            [json.dumps(rows, ensure_ascii=False)],
        )


def _taken(content: bytes, run: Run, plate: dict[str, Well]) -> Taken:
    if is_rdml(content):
        return take_rdml(content, run.wells, run.code)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return take_bundle(content, run.wells, {well.tube: well.position for well in plate.values() if well.tube})
    return take_csv(content, run.wells)


def _once(run: Run, content: bytes, name: str) -> None:
    run.digest, run.file_name = sha256(content).hexdigest(), name[:120]
    try:
        with transaction.atomic():
            run.save(update_fields=["digest", "file_name"])
    except IntegrityError as fault:
        raise Refusal(
            "这一文件已经读入过。", "This file was read before.", field="file", value=run.file_name or run.digest[:12]
        ) from fault


def _mismatches(taken: Taken, plate: dict[str, Well]) -> dict[str, str]:
    """Wells whose sample in the file is another than on the plate map, or that are on no map."""
    tubes = {well.tube for well in plate.values() if well.tube}
    differ = {}
    for position, sample in taken.samples().items():
        well = plate.get(position)
        if not sample:
            continue
        if well is None or (well.tube and sample != well.tube) or (well.control and sample in tubes):
            differ[position] = sample
    return differ


def _find(run: Run, plate: dict[str, Well], differ: dict[str, str], now: datetime) -> None:
    Finding.objects.bulk_create(
        Finding(
            kind="well_mismatch", tube=plate[position].tube if position in plate else sample[:40], area=run.area,
            key=f"{run.pk}:{position}", found_at=now,
            detail={"run": run.code, "well": position, "file": sample, "map": _named(plate.get(position))},
        )
        for position, sample in differ.items()
    )  # fmt: skip


def _named(well: Well | None) -> str:
    return (well.tube or well.control) if well else ""


def _receipt(taken: Taken, wells: list[Well], differ: int, controls: Controlled) -> FileReceipt:
    results: dict[str, int] = {}
    for well in wells:
        if well.tube:
            results[well.result or "unread"] = results.get(well.result or "unread", 0) + 1
    doubtful = sum(bool(well.doubts) for well in wells if well.tube)
    return FileReceipt(
        taken.rows, len(taken.measured), taken.blank, taken.rejected, differ, results, doubtful, controls
    )
