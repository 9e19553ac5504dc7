"""The API of a laboratory: what waits, runs and their plates, instrument files and FHIR in, results out, controls."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import File, Form, Path, Router, Schema, Status, UploadedFile
from pydantic import AwareDatetime, Field

from yanmen.base.refusals import Refusal
from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import LABORATORY, REVIEWER
from yanmen.subsystems.screening.methods.instrument_files import MOST_BYTES
from yanmen.subsystems.screening.models import Run
from yanmen.subsystems.screening.queries import laboratory as queries
from yanmen.subsystems.screening.queries import reports

router = Router()
STAFF = (LABORATORY, REVIEWER)
Number = Annotated[int, Path(ge=1, le=2**53)]
Text = r"^[^\x00]*$"
Result = Literal["negative", "positive", "grey", "single_target"]


class Waiting(Schema):
    """A tube that was received and is on no machine."""

    tube: str
    members: int
    sampled_at: datetime
    received_at: datetime | None


class PlacedIn(Input):
    """What stands in a well: a tube or a control."""

    position: str = Field(max_length=4, pattern=Text)
    tube: str = Field("", max_length=40, pattern=Text)
    control: Literal["", "negative", "positive", "weak_positive"] = ""
    control_lot: str = Field("", max_length=80, pattern=Text)


class RunIn(Input):
    """A plate to load."""

    code: str = Field(min_length=1, max_length=60, pattern=Text)
    instrument: str = Field(min_length=1, max_length=60, pattern=Text)
    kit: str = Field(min_length=1, max_length=60, pattern=Text)
    lot: str = Field(min_length=1, max_length=60, pattern=Text)
    wells: Literal[96, 384] = 96
    plate: list[PlacedIn] = Field(min_length=1, max_length=384)


class NoteIn(Input):
    """Why, or what was done."""

    note: str = Field(min_length=1, max_length=400, pattern=Text)


class CorrectionIn(NoteIn):
    """The right result, and why it is corrected."""

    result: Result


class LotIn(Input):
    """A control lot's mean and deviation: as assigned, from its values so far, or carried over from a former lot."""

    lot: str = Field(min_length=1, max_length=80, pattern=Text)
    control: Literal["positive", "weak_positive"]
    target: str = Field(min_length=1, max_length=40, pattern=Text)
    how: Literal["assigned", "observed", "transferred"] = "assigned"
    mean: float | None = None
    deviation: float | None = None
    former: str = Field("", max_length=80, pattern=Text)


class WellOut(Schema):
    """A well as it was read, and why that is in doubt."""

    position: str
    tube: str
    control: str
    control_lot: str
    targets: dict[str, float | None]
    result: str
    doubts: list[dict[str, Any]]


class ViolationOut(Schema):
    """A control rule that the run broke."""

    id: int
    rule: str
    control: str
    target: str
    lot: str
    values: list[float]
    resolved_at: datetime | None
    note: str


class Mismatch(Schema):
    """Where the file and the plate map differ."""

    id: int
    tube: str
    detail: dict[str, Any]
    resolved_at: datetime | None
    note: str


class RunOut(Schema):
    """A run with its plate and what holds it."""

    id: int
    code: str
    instrument: str
    kit: str
    lot: str
    wells: int
    state: str
    loaded_at: datetime
    measured_at: datetime | None
    accepted_by: str
    released_by: str
    released_at: datetime | None
    receipt: dict[str, Any]
    plate: list[WellOut]
    violations: list[ViolationOut]
    mismatches: list[Mismatch]


class ReleasedOut(Schema):
    """What a release told."""

    tubes: dict[str, int]
    told: int
    held: int
    repeat: int


class LotOut(Schema):
    """A control lot's numbers."""

    lot: str
    control: str
    target: str
    mean: float
    deviation: float
    how: str
    valid_from: datetime


class ValueOut(Schema):
    """One value of a control; z where a mean is stated."""

    run: str
    at: datetime | None
    control: str
    lot: str
    target: str
    ct: float
    z: float | None


@router.get("/laboratories/{laboratory}/waiting", response=list[Waiting], summary="Tubes that wait, longest first")
@allow(role=STAFF)
def waiting(request: HttpRequest, laboratory: Number) -> list[Waiting]:
    queries.at(request.scope, laboratory)
    rows = queries.waiting(request.scope, laboratory)[: queries.PAGE]
    return [
        Waiting(tube=one.code, members=one.members, sampled_at=one.first_at, received_at=one.received_at)
        for one in rows
    ]


@router.post("/laboratories/{laboratory}/runs", response={201: RunOut}, summary="Load a plate")
@allow(role=LABORATORY)
def load(request: HttpRequest, laboratory: Number, body: RunIn) -> Status[RunOut]:
    plate = [actions.Placed(**one.dict()) for one in body.plate]
    said: dict[str, Any] = body.dict(exclude={"plate"})
    run = actions.load_run(laboratory=laboratory, plate=plate, **said, **asked_by(request))
    return Status(201, _run(request, run.pk))


@router.get("/runs/{run}", response=RunOut, summary="A run with its plate")
@allow(role=STAFF)
def run(request: HttpRequest, run: Number) -> RunOut:
    return _run(request, run)


@router.post("/runs/{run}/file", response=RunOut, summary="Read the instrument's CSV or RDML file, or a FHIR R4 Bundle")
@allow(role=LABORATORY)
def file(
    request: HttpRequest, run: Number, file: File[UploadedFile], measured_at: Form[AwareDatetime | None] = None
) -> RunOut:
    if (file.size or 0) > MOST_BYTES:
        raise Refusal("文件超过20 MB。", "The file is larger than 20 MB.", field="file", value=file.name or "")
    about = {"content": file.read(), "name": file.name or "", "measured_at": measured_at}
    actions.read_file(run=run, **about, **asked_by(request))
    return _run(request, run)


@router.get(
    "/runs/{run}/bundle", summary="The released tubes of a run as a FHIR R4 Bundle", response={200: dict[str, Any]}
)
@allow(role=STAFF)
def bundle_out(request: HttpRequest, run: Number, tube: str = "") -> HttpResponse:
    text = reports.bundle(request.scope, run, now=request.now, tube=tube.replace("\x00", ""))
    return HttpResponse(text, content_type="application/fhir+json; charset=utf-8")


@router.post("/runs/{run}/accept", response=RunOut, summary="Accept a run as its technician")
@allow(role=LABORATORY)
def accept(request: HttpRequest, run: Number) -> RunOut:
    actions.accept_run(run=run, **asked_by(request))
    return _run(request, run)


@router.post("/runs/{run}/send-back", response=RunOut, summary="Send an accepted run back")
@allow(role=REVIEWER)
def send_back(request: HttpRequest, run: Number, body: NoteIn) -> RunOut:
    actions.send_back(run=run, note=body.note, **asked_by(request))
    return _run(request, run)


@router.post("/runs/{run}/discard", response=RunOut, summary="Give a run up; its tubes wait again")
@allow(role=STAFF)
def discard(request: HttpRequest, run: Number, body: NoteIn) -> RunOut:
    actions.discard_run(run=run, note=body.note, **asked_by(request))
    return _run(request, run)


@router.post("/runs/{run}/release", response=ReleasedOut, summary="Release a run as its second person")
@allow(role=REVIEWER)
def release(request: HttpRequest, run: Number) -> actions.Released:
    return actions.release_run(run=run, **asked_by(request))


@router.post("/violations/{violation}/settle", response=RunOut, summary="Say what was done about a broken rule")
@allow(role=STAFF)
def settle(request: HttpRequest, violation: Number, body: NoteIn) -> RunOut:
    found = actions.settle_violation(violation=violation, note=body.note, **asked_by(request))
    return _run(request, found.run_id)


@router.post("/runs/{run}/mismatches/{finding}/settle", response=RunOut, summary="Say what is right about a well")
@allow(role=STAFF)
def settle_mismatch(request: HttpRequest, run: Number, finding: Number, body: NoteIn) -> RunOut:
    actions.settle_mismatch(run=run, finding=finding, note=body.note, **asked_by(request))
    return _run(request, run)


@router.post("/tubes/{tube}/correct", response=ReleasedOut, summary="Correct a released tube")
@allow(role=REVIEWER)
def correct(request: HttpRequest, tube: str, body: CorrectionIn) -> actions.Released:
    said: dict[str, Any] = {"tube": tube.replace("\x00", ""), "result": body.result, "note": body.note}
    return actions.correct_tube(**said, **asked_by(request))


@router.get(
    "/laboratories/{laboratory}/lots", response=list[LotOut], summary="Control lots, their means and deviations"
)
@allow(role=STAFF)
def lots(request: HttpRequest, laboratory: Number) -> Any:
    queries.at(request.scope, laboratory)
    return queries.lots(request.scope, laboratory)[: queries.PAGE]


@router.post("/laboratories/{laboratory}/lots", response={201: LotOut}, summary="State a lot's mean and deviation")
@allow(role=STAFF)
def state_lot(request: HttpRequest, laboratory: Number, body: LotIn) -> Status[Any]:
    about: dict[str, Any] = asked_by(request) | {"laboratory": laboratory}
    about |= {"lot": body.lot, "control": body.control, "target": body.target}
    if body.how == "observed":
        return Status(201, actions.observe_lot(**about))
    if body.how == "transferred":
        return Status(201, actions.transfer_lot(former=body.former, **about))
    if body.mean is None or body.deviation is None:
        raise Refusal("请填写均值和标准差。", "Give mean and deviation.", field="mean", value="")
    return Status(201, actions.state_lot(mean=body.mean, deviation=body.deviation, **about))


@router.get("/laboratories/{laboratory}/controls", response=list[ValueOut], summary="Values of a control lot in time")
@allow(role=STAFF)
def controls(request: HttpRequest, laboratory: Number, control: str, lot: str) -> list[ValueOut]:
    queries.at(request.scope, laboratory)
    said = (control.replace("\x00", ""), lot.replace("\x00", ""))
    return [
        ValueOut(
            run=one.run.code, at=one.run.measured_at, control=one.control, lot=one.lot, target=one.target, ct=one.ct, z=one.z
        )
        for one in queries.values(request.scope, laboratory, [said])
    ]  # fmt: skip


def _run(request: HttpRequest, number: int) -> RunOut:
    found: Run | None = queries.run(request.scope, number)
    if found is None:
        raise Http404(str(number))
    shown = {
        name: getattr(found, name) for name in RunOut.model_fields if name not in ("plate", "violations", "mismatches")
    }
    plate = [WellOut.from_orm(well) for well in found.plate.order_by("pk")]
    violations = [ViolationOut.from_orm(one) for one in found.violations.order_by("pk")]
    mismatches = [Mismatch.from_orm(one) for one in queries.mismatches(request.scope, number)]
    return RunOut(**shown, plate=plate, violations=violations, mismatches=mismatches)
