"""What a laboratory reports of a run's released tubes, as FHIR has it."""

from __future__ import annotations

from datetime import datetime

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.fhir import TubeReport, bundle_of
from yanmen.subsystems.screening.models import Run, Tube
from yanmen.subsystems.screening.queries import laboratory


def bundle(scope: Scope, run: int, *, now: datetime, tube: str = "") -> str:
    """A FHIR R4 Bundle (JSON) of the released tubes of a run, or of one of them. Nobody in a tube is named."""
    found = laboratory.run(scope, run)
    if found is None:
        raise Refusal("没有这一检测批次。", "There is no such run in your areas.", field="run", value=str(run))
    reports = _reports(scope, found, tube)
    if not reports:
        raise Refusal(
            "这一批次还没有已签发的结果。", "Nothing of this run is released yet.", field="run", value=found.code
        )
    return bundle_of(reports, run=found.code, laboratory=found.laboratory.place.name_zh, now=now)


def _reports(scope: Scope, run: Run, tube: str) -> list[TubeReport]:
    tubes = scope.within(Tube.objects, "lab_area").filter(run=run, released_at__isnull=False)
    wells = {well.tube: well for well in run.plate.exclude(tube="")}
    chosen = tubes.filter(pk=tube) if tube else tubes
    return [
        TubeReport(
            tube=each.code, members=each.members, well=wells[each.code].position, cts=wells[each.code].targets,
            result=each.result, collected_at=each.first_at, received_at=each.received_at, measured_at=each.measured_at,
            released_at=each.released_at, corrected=each.result != wells[each.code].result,
        )
        for each in chosen.order_by("code")
        if each.code in wells
    ]  # fmt: skip
