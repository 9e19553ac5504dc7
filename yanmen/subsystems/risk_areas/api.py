"""The API of risk areas: what was found, zones, the key-area list and who has acknowledged it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.base.signing import FileSigner
from yanmen.desk.api import Input, allow
from yanmen.desk.pages import ANY
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.risk_areas import actions, queries
from yanmen.subsystems.risk_areas.kinds import RECEIVER
from yanmen.subsystems.risk_areas.methods.files import TYPES, as_file
from yanmen.subsystems.risk_areas.models import Delivery, KeyAreaList

router = Router()
AreaCode = Field(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}){0,2})?)?$", description="GB/T 2260 code, 2 to 12 digits")
STREAM_SECONDS = 25
LOOK_SECONDS = 1.0
MOST_STREAMS = 8
_waiting = threading.BoundedSemaphore(MOST_STREAMS)


class WideSpread(Input):
    """The finding that spread is wide, and the document it was made in."""

    area: str = AreaCode
    document: str = Field(min_length=1, max_length=200)
    note: str = Field("", max_length=400)


class Spread(Input):
    """Community spread somewhere, other provinces included."""

    area: str = AreaCode
    last_case_on: date
    source: str = Field(min_length=1, max_length=200)


class Drawing(Input):
    """Where the boundary of a zone runs."""

    area: str = AreaCode
    boundary: str = Field(min_length=1, max_length=2000)
    document: str = Field(min_length=1, max_length=200)
    residents: int | None = Field(None, ge=0)


class FullTest(Input):
    """A full test of an area."""

    area: str = AreaCode
    persons: int = Field(ge=1)
    positives: int = Field(ge=0)
    pending: int = Field(0, ge=0)


class ReceiverIn(Input):
    """A unit that gets every version."""

    area: str = AreaCode
    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field("", max_length=80)
    url: str = Field("", max_length=500)
    key: str = Field("", max_length=200)
    acknowledge_within: int | None = Field(None, ge=1, le=10_080, description="minutes")


class Recorded(Schema):
    """The fact that was recorded; zones follow within one turn."""

    fact: str


class ZoneOut(Schema):
    """A zone in force or proposed."""

    area: str
    tier: str
    rule: str
    state: str
    count_from: date
    last_day: date | None
    over_hold: bool


class ListOut(Schema):
    """A version of the key-area list."""

    id: int
    area: str
    version: int
    published_at: datetime
    published_by: str
    digest: str
    note: str


class DeliveryOut(Schema):
    """What became of a version at one receiver."""

    id: int
    receiver: str
    area: str
    due_at: datetime
    attempts: int
    delivered_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    overdue: bool


@router.post("/wide-spread", response={201: Recorded}, summary="Record that spread is wide")
@allow(role=COMMAND)
def wide_spread(request: HttpRequest, body: WideSpread) -> Status[Recorded]:
    return _record(request, actions.find_wide_spread, body, inside=True)


@router.post("/spread", response={201: Recorded}, summary="Record community spread somewhere")
@allow(role=COMMAND)
def spread(request: HttpRequest, body: Spread) -> Status[Recorded]:
    return _record(request, actions.report_spread, body, inside=False)


@router.post("/drawings", response={201: Recorded}, summary="Record the boundary of a zone")
@allow(role=COMMAND)
def drawing(request: HttpRequest, body: Drawing) -> Status[Recorded]:
    return _record(request, actions.draw, body, inside=True)


@router.post("/full-tests", response={201: Recorded}, summary="Record a full test of an area")
@allow(role=(COMMAND, "sampling"))
def full_test(request: HttpRequest, body: FullTest) -> Status[Recorded]:
    return _record(request, actions.complete_full_test, body, inside=True)


@router.get("/zones", response=list[ZoneOut], summary="Zones in force")
@allow(role=ANY)
def zones(request: HttpRequest) -> list[queries.Zone]:
    return queries.zones(request.scope)  # type: ignore[attr-defined]


@router.get("/key", summary="The public key that checks lists")
@allow(role=ANY)
def public_key(request: HttpRequest) -> dict[str, str]:
    signer = FileSigner.open(settings.YANMEN_SIGNING_KEY)
    return {"algorithm": signer.algorithm, "key_id": signer.key_id.hex(), "public_key": signer.public_key.hex()}


@router.get("/lists", response=list[ListOut], summary="Versions of the key-area list")
@allow(role=ANY)
def lists(request: HttpRequest, before: int | None = None) -> list[KeyAreaList]:
    return list(queries.lists(request.scope, before=before))  # type: ignore[attr-defined]


@router.post("/lists", response={201: ListOut}, summary="Publish the key areas as they stand now")
@allow(role=COMMAND)
def publish(request: HttpRequest, note: str = "") -> Status[KeyAreaList]:
    scope = request.scope  # type: ignore[attr-defined]
    return Status(201, actions.publish(scope=scope, by=scope.by, now=request.now, note=note))  # type: ignore[attr-defined]


@router.get("/lists/latest", summary="The signed document of the newest list")
@allow(role=ANY)
def latest(request: HttpRequest) -> HttpResponse:
    found = queries.latest(request.scope)  # type: ignore[attr-defined]
    if found is None:
        raise Http404("latest")
    return _signed(found)


@router.get("/lists/{pk}/file", summary="A version as a file")
@allow(role=ANY)
def list_file(
    request: HttpRequest, pk: int, form: Literal["json", "csv", "xlsx"] = "json", language: str = "zh"
) -> HttpResponse:
    found = _list(request, pk)
    if form == "json":
        return _signed(found)
    body = as_file(
        queries.rows_of(request.scope, found, language), form=form, language=language, stamp=_stamp(request, found)
    )
    answer = HttpResponse(body, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="key-areas-{found.area}-v{found.version}.{form}"'
    return answer


@router.get("/lists/{pk}/deliveries", response=list[DeliveryOut], summary="Who got it, who acknowledged it")
@allow(role=(COMMAND, RECEIVER))
def deliveries(request: HttpRequest, pk: int) -> list[DeliveryOut]:
    found = _list(request, pk)
    return [_delivery(row, request.now) for row in queries.deliveries(request.scope, found)]  # type: ignore[attr-defined]


@router.get("/overdue", response=list[DeliveryOut], summary="Acknowledgements that are overdue")
@allow(role=(COMMAND, RECEIVER))
def overdue(request: HttpRequest) -> list[DeliveryOut]:
    now = request.now  # type: ignore[attr-defined]
    return [_delivery(row, now) for row in queries.overdue(request.scope, now=now)[:500]]  # type: ignore[attr-defined]


@router.post("/deliveries/{pk}/acknowledge", response=DeliveryOut, summary="Acknowledge a version")
@allow(role=(COMMAND, RECEIVER))
def acknowledge(request: HttpRequest, pk: int) -> DeliveryOut:
    scope, now = request.scope, request.now  # type: ignore[attr-defined]
    return _delivery(actions.acknowledge(scope=scope, delivery=pk, by=scope.by, now=now), now)


@router.post("/receivers", response={201: dict[str, int]}, summary="Add a receiver")
@allow(role=COMMAND)
def add_receiver(request: HttpRequest, body: ReceiverIn) -> Status[dict[str, int]]:
    scope, now = request.scope, request.now  # type: ignore[attr-defined]
    return Status(201, {"receiver": actions.add_receiver(scope=scope, **body.dict(), by=scope.by, now=now).pk})


@router.get("/stream", summary="Server-sent events: every new version")
@allow(role=ANY)
def stream(request: HttpRequest, after: int = 0, wait: int = STREAM_SECONDS) -> StreamingHttpResponse:
    """Sends the newest version at once and each later one as it comes; ends after a while, and browsers come back."""
    last = request.headers.get("Last-Event-ID", "")
    since = int(last) if last.isdigit() else after
    events = _events(request.scope, since, min(max(wait, 0), STREAM_SECONDS))  # type: ignore[attr-defined]
    answer = StreamingHttpResponse(events, content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _events(scope: Scope, since: int, seconds: int) -> Iterator[bytes]:
    """A stream holds a thread of the server: when too many are open, a reader gets the state and comes back."""
    waiting = seconds > 0 and _waiting.acquire(blocking=False)
    until = time.monotonic() + (seconds if waiting else 0)
    yield b"retry: 2000\n\n" if waiting else b"retry: 10000\n\n"
    try:
        while True:
            event = _newer(scope, since)
            if event is not None:
                since, text = event
                yield text
            if time.monotonic() >= until:
                return
            time.sleep(LOOK_SECONDS)
    finally:
        if waiting:
            _waiting.release()


def _newer(scope: Scope, since: int) -> tuple[int, bytes] | None:
    with acting(scope):
        found = queries.newer_than(scope, since)
        if found is None:
            return None
        about = ListOut.from_orm(found).dict()
    text = json.dumps(about, ensure_ascii=False, default=str)
    return found.pk, f"id: {found.pk}\nevent: key-areas\ndata: {text}\n\n".encode()


def _record(request: HttpRequest, act: Any, body: Input, *, inside: bool) -> Status[Recorded]:
    scope = request.scope  # type: ignore[attr-defined]
    about = body.dict()
    if inside:
        scope.require(about["area"])
    return Status(201, Recorded(fact=str(act(**about, by=scope.by, now=request.now))))  # type: ignore[attr-defined]


def _list(request: HttpRequest, pk: int) -> KeyAreaList:
    found = queries.key_area_list(request.scope, pk)  # type: ignore[attr-defined]
    if found is None:
        raise Http404(str(pk))
    return found


def _signed(found: KeyAreaList) -> HttpResponse:
    answer = HttpResponse(bytes(found.document), content_type="application/json")
    answer["Yanmen-Signature"] = f"{found.algorithm} {bytes(found.signature).hex()}"
    answer["Yanmen-Key-Id"] = bytes(found.key_id).hex()
    return answer


def _stamp(request: HttpRequest, found: KeyAreaList) -> str:
    scope = request.scope  # type: ignore[attr-defined]
    return f"v{found.version} {found.published_at.isoformat()} {found.digest[:12]} by={scope.by} area={scope.area}"


def _delivery(row: Delivery, now: datetime) -> DeliveryOut:
    return DeliveryOut(
        id=row.pk, receiver=row.receiver.name_zh, area=row.area, due_at=row.due_at, attempts=row.attempts,
        delivered_at=row.delivered_at, acknowledged_at=row.acknowledged_at, acknowledged_by=row.acknowledged_by,
        overdue=row.acknowledged_at is None and row.due_at < now,
    )  # fmt: skip
