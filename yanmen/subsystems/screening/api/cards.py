"""The API of binding by document: a sampling team's telephone delivers what it kept; a receipt for each record."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import Field, StringConstraints, ValidationError

from yanmen.base.refusals import Refusal
from yanmen.desk.api import Input, allow
from yanmen.desk.device_keys import OfficerKey
from yanmen.desk.remedies import remedy_for
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.actions import Card
from yanmen.subsystems.screening.kinds import SAMPLING

router = Router()
MOST = 200
REFUSED = "refused"
PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=PRINTABLE)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=PRINTABLE)]


class CardIn(Input):
    """A person's document, and the place in the tube."""

    id: UUID
    at: int = Field(ge=0, le=1 << 50, description="Milliseconds since 1970")
    tube: str = Field(min_length=1, max_length=40, pattern="^[0-9A-Za-z._/-]+$")
    position: int = Field(ge=1, le=100)
    id_type: str = Field(min_length=1, max_length=40, description="Type of the document, as the register calls it")
    id_number: Number
    name: Name


class CardsIn(Input):
    """What a telephone kept. Each record is read by itself (`CardIn`): a wrong one stops no other."""

    records: list[dict[str, Any]] = Field(max_length=MOST)


class Receipts(Schema):
    """For each record, in their order: its id, `kept`, `repeated` or `refused`, and why."""

    results: list[tuple[str | None, str] | tuple[str | None, str, dict[str, str]]]


@router.post("/devices/cards", auth=OfficerKey(), response=Receipts, summary="Bind people by their documents")
@allow(role=SAMPLING)
def bind_cards(request: HttpRequest, body: CardsIn) -> dict[str, Any]:
    standing = request.standing
    if standing.place is None:
        raise HttpError(403, "this device belongs to no sampling site")
    read = [_read(each) for each in body.records]
    told = iter(
        actions.bind_cards(
            scope=request.scope, place=standing.place, device=standing.device,
            cards=[each for each in read if isinstance(each, Card)], by=standing.by, now=request.now,
        )
    )  # fmt: skip
    answers = [next(told) if isinstance(each, Card) else each for each in read]
    return {"results": [_receipt(each.get("id"), answer) for each, answer in zip(body.records, answers, strict=True)]}


def _read(record: dict[str, Any]) -> Card | Refusal:
    try:
        return Card(**CardIn.model_validate(record).model_dump())
    except ValidationError as error:
        fault = remedy_for(error.errors()[0])
        return Refusal(**fault["message"], field=fault["field"])


def _receipt(identifier: object, answer: str | Refusal) -> tuple[Any, ...]:
    """No value comes back: telephones keep reasons unsealed."""
    said = identifier if isinstance(identifier, str) else None
    if isinstance(answer, str):
        return said, answer
    return said, REFUSED, {"zh": answer.zh, "en": answer.en, "field": answer.field}
