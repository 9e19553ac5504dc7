"""The API of the health code: read it, contest what it rests on, decide; residents' telephones. No way to set it."""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.base.refusals import Refusal
from yanmen.desk.api import ANY, PUBLIC, Input, allow
from yanmen.desk.device_keys import HolderKey
from yanmen.desk.networks import network_of
from yanmen.registry.access import log_access
from yanmen.subsystems.health_code import actions, queries
from yanmen.subsystems.health_code.kinds import DECIDER, KEEPER, READER
from yanmen.subsystems.health_code.models import PaperCode

router = Router()
PRINTERS = (KEEPER, READER, "grid_officer")
READERS = (READER, DECIDER, KEEPER, "arrivals.officer", "arrivals.station", "grid_officer", "inspector")
WRITES = ["POST", "PUT", "PATCH", "DELETE"]
STRANGER = "resident"
"""How the log calls somebody who is not known yet."""
HOLDER = "holder"
"""Whoever signs with the key of their telephone: `HolderKey` opens, no account has this role."""
ANSWER = {
    "zh": "如号码正确，验证码已发送，请在 {minutes} 分钟内使用。",
    "en": "If the number is right, a code was sent. Use it within {minutes} minutes.",
}


class Contest(Input):
    """Which fact is wrong, which part of it, and why."""

    fact: UUID
    reason: str = Field(min_length=4, max_length=500)
    field: str = Field("", max_length=40)


class Decision(Input):
    """The decision on an appeal. With `correction` the fact is restated; without, it is taken back."""

    uphold: bool
    note: str = Field(min_length=1, max_length=500)
    correction: dict[str, str] | None = None
    everyone: bool = True


class Made(Schema):
    """The key of the appeal."""

    appeal: str


class AppealOut(Schema):
    """An appeal and its clock."""

    appeal: str
    person_id: int
    name: str
    area: str
    fact_id: UUID
    field: str
    reason: str
    contested_at: datetime
    due_at: datetime | None
    decision: str
    note: str
    repaired: int
    people: int


class AppealsOut(Schema):
    """One page; ask again with `after` for the next."""

    rows: list[AppealOut]
    after: str | None


class Touched(Schema):
    """Whom one decision would repair."""

    field: str
    facts: int
    people: int


class AskCode(Input):
    """A telephone number that wants to come in."""

    phone: str = Field(min_length=5, max_length=20)


class CodeSent(Schema):
    """The same answer for every number."""

    zh: str
    en: str
    seconds: int


class Enter(Input):
    """The code, and the telephone's own key with a signature over `yanmen-enrol`, a line end and the code."""

    phone: str = Field(min_length=5, max_length=20)
    code: str = Field(pattern=r"^\d{6}$")
    public_key: str = Field(max_length=300)
    proof: str = Field(max_length=120)
    client: str = Field("", max_length=40)
    document_tail: str = Field("", max_length=4)
    replaces: bool = False


class Equip(Input):
    """The token of an officer's enrolment, and the telephone's own key with a signature over it."""

    token: str = Field(min_length=20, max_length=80)
    public_key: str = Field(max_length=300)
    proof: str = Field(max_length=120)
    client: str = Field("", max_length=40)


class CertificateOut(Schema):
    """One certificate: for the holder, somebody in their charge, or an officer."""

    certificate: str
    device: int
    name_masked: str
    form: int
    expires_at: datetime


class EnrolledOut(Schema):
    """What a telephone keeps."""

    certificates: list[CertificateOut]
    root_key: str


class DeviceOut(Schema):
    """One of one's own telephones."""

    id: int
    form: int
    client: str
    enrolled_at: datetime
    expires_at: datetime
    seen_at: datetime | None


class Purpose(Input):
    """What a paper is for."""

    purpose: str = Field(min_length=2, max_length=200)


class Reason(Input):
    """Why something is taken back."""

    reason: str = Field(min_length=1, max_length=200)


class PaperOut(Schema):
    """A paper: `code` is what its QR code says."""

    paper: int
    code: str
    hint: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@router.post("/holder/codes", auth=None, response={202: CodeSent}, summary="A one-time code for a telephone number")
@allow(role=PUBLIC)
def ask_code(request: HttpRequest, body: AskCode) -> Status[CodeSent]:
    good_for = actions.ask_code(phone=body.phone, network=network_of(request), by=STRANGER, now=request.now)
    seconds = int(good_for.total_seconds())
    said = {name: text.format(minutes=seconds // 60) for name, text in ANSWER.items()}
    return Status(202, CodeSent(**said, seconds=seconds))


@router.post("/holder/devices", auth=None, response={201: EnrolledOut}, summary="Make a telephone one's own")
@allow(role=PUBLIC)
def enter(request: HttpRequest, body: Enter) -> Status[EnrolledOut]:
    made = actions.enter(
        phone=body.phone,
        code=body.code,
        key=_key(body),
        network=network_of(request),
        document_tail=body.document_tail,
        replaces=body.replaces,
        by=STRANGER,
        now=request.now,
    )
    return Status(201, _enrolled(made))


@router.post("/holder/officers", auth=None, response={201: EnrolledOut}, summary="Make a telephone an officer's device")
@allow(role=PUBLIC)
def equip(request: HttpRequest, body: Equip) -> Status[EnrolledOut]:
    made = actions.equip(token=body.token, key=_key(body), network=network_of(request), by=STRANGER, now=request.now)
    return Status(201, _enrolled(made))


@router.get("/holder/me", auth=HolderKey(), summary="One's own code, why, tests by stage, appeals")
@allow(role=HOLDER)
def own_view(request: HttpRequest) -> dict[str, Any]:
    return queries.own_view(request.scope, now=request.now)


@router.post("/holder/appeals", auth=HolderKey(), response={201: Made}, summary="Contest a fact behind one's own code")
@allow(role=HOLDER)
def contest_own(request: HttpRequest, body: Contest) -> Status[Made]:
    scope = request.scope
    key = actions.contest(scope=scope, person=scope.person, **body.dict(), by=scope.by, now=request.now)
    return Status(201, Made(appeal=key))


@router.get("/holder/devices", auth=HolderKey(), response=list[DeviceOut], summary="One's own telephones")
@allow(role=HOLDER)
def own_devices(request: HttpRequest) -> list[Any]:
    return list(queries.own_devices(request.scope, now=request.now))


@router.post(
    "/holder/devices/{int:device}/revoke", auth=HolderKey(), response={204: None}, summary="Shut out a telephone"
)
@allow(role=HOLDER)
def revoke_own(request: HttpRequest, device: int) -> Status[None]:
    actions.revoke_own(scope=request.scope, number=device, by=request.scope.by, now=request.now)
    return Status(204, None)


@router.api_operation(WRITES, "/bulk", summary="Refused: no code is ever set")
@allow(role=ANY)
def set_many(request: HttpRequest) -> HttpResponse:
    return _refuse(request)


@router.get("/counts", summary="How many people have each colour")
@allow(role=READERS)
def counts(request: HttpRequest) -> dict[str, int]:
    return queries.counts(request.scope)


@router.get("/appeals", response=AppealsOut, summary="Appeals, those with the shortest time left first")
@allow(role=(DECIDER, "inspector"))
def appeals(request: HttpRequest, decided: bool = False, after: str = "") -> queries.Appeals:
    return queries.appeals(request.scope, decided=decided, after=after)


@router.get("/appeals/{appeal}/touched", response=Touched, summary="Whom upholding it would repair")
@allow(role=(DECIDER, "inspector"))
def touched(request: HttpRequest, appeal: str) -> Touched:
    found = queries.appeal(request.scope, appeal)
    contested = queries.fact(request.scope, found.fact_id) if found else None
    if found is None or contested is None:
        raise Http404(appeal)
    wrong = queries.touched_by(request.scope, contested, found.field)
    return Touched(field=found.field, facts=len(wrong), people=len({each.person_id for each in wrong}))


@router.post("/appeals/{appeal}/decision", response=AppealOut, summary="Decide an appeal")
@allow(role=DECIDER)
def decide(request: HttpRequest, appeal: str, body: Decision) -> queries.Appeal | None:
    about: dict[str, Any] = {"scope": request.scope, "appeal": appeal, "note": body.note}
    about |= {"by": request.scope.by, "now": request.now}
    if body.uphold:
        actions.uphold(**about, correction=body.correction, everyone=body.everyone)
    else:
        actions.reject(**about)
    return queries.appeal(request.scope, appeal)


@router.post("/papers/{int:paper}/revoke", response=PaperOut, summary="Take a paper back")
@allow(role=PRINTERS)
def revoke_paper(request: HttpRequest, paper: int, body: Reason) -> PaperOut:
    about: dict[str, Any] = {"scope": request.scope, "by": request.scope.by, "now": request.now}
    return _paper(actions.revoke_paper(**about, paper=paper, reason=body.reason))


@router.post(
    "/devices/{int:device}/revoke", response={204: None}, summary="Shut out a device of the area, or one's own"
)
@allow(role=ANY)
def revoke_device(request: HttpRequest, device: int, body: Reason) -> Status[None]:
    about: dict[str, Any] = {"scope": request.scope, "by": request.scope.by, "now": request.now}
    actions.revoke_devices(**about, numbers=[device], reason=body.reason)
    return Status(204, None)


@router.post("/{int:person}/papers", response={201: PaperOut}, summary="Print a code; an earlier paper is taken back")
@allow(role=PRINTERS)
def issue_paper(request: HttpRequest, person: int, body: Purpose) -> Status[PaperOut]:
    _person(request, person)
    about: dict[str, Any] = {"scope": request.scope, "by": request.scope.by, "now": request.now}
    return Status(201, _paper(actions.issue_paper(**about, person=person, purpose=body.purpose)))


@router.get("/{int:person}", summary="A code, why, what clears it and when")
@allow(role=READERS)
def code(request: HttpRequest, person: int) -> dict[str, Any]:
    _person(request, person)
    log_access(request.scope, "health code", person=person, now=request.now)
    return queries.code(request.scope, person, now=request.now)


@router.api_operation(WRITES, "/{int:person}", summary="Refused: no code is ever set")
@allow(role=ANY)
def set_one(request: HttpRequest, person: int) -> HttpResponse:
    return _refuse(request)


@router.post("/{int:person}/appeals", response={201: Made}, summary="Contest a fact behind a code")
@allow(role=READERS)
def contest(request: HttpRequest, person: int, body: Contest) -> Status[Made]:
    _person(request, person)
    key = actions.contest(scope=request.scope, person=person, **body.dict(), by=request.scope.by, now=request.now)
    return Status(201, Made(appeal=key))


def _key(body: Enter | Equip) -> actions.Key:
    return actions.Key(_octets("public_key", body.public_key), _octets("proof", body.proof), body.client)


def _octets(field: str, text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise Refusal(
            "内容不是 base64url 编码。", "This is no base64url text without padding.", field=field, value=text[:40]
        ) from None


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def _enrolled(made: actions.Enrolled) -> EnrolledOut:
    rows = [CertificateOut(**{**vars(each), "certificate": _text(each.certificate)}) for each in made.certificates]
    return EnrolledOut(certificates=rows, root_key=_text(made.root_key))


def _paper(made: PaperCode) -> PaperOut:
    return PaperOut(
        paper=made.pk,
        code=queries.printed(made),
        hint=made.hint,
        issued_at=made.issued_at,
        expires_at=made.expires_at,
        revoked_at=made.revoked_at,
    )


def _person(request: HttpRequest, number: int) -> None:
    if queries.person(request.scope, number) is None:
        raise Http404(str(number))


def _refuse(request: HttpRequest) -> HttpResponse:
    """The answer is returned, not raised: the alarm must be committed."""
    refusal = actions.refuse_setting(people=_how_many(request), door=request.path, by=request.scope.by, now=request.now)
    said = {"zh": refusal.zh, "en": refusal.en}
    error = {"field": refusal.field, "value": "", "message": said, "remedy": {"zh": "", "en": ""}}
    return JsonResponse({"errors": [error]}, status=403)


def _how_many(request: HttpRequest) -> int:
    try:
        body = json.loads(request.body or b"null")
    except ValueError:
        return 1
    lists = [body] if isinstance(body, list) else []
    lists += [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
    return max((len(one) for one in lists), default=1)
