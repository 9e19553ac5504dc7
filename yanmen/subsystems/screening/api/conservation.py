"""The API of the balance of tubes: where every tube is, and who holds it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router, Schema

from yanmen.desk.api import allow
from yanmen.subsystems.screening.kinds import MANAGER
from yanmen.subsystems.screening.queries import conservation

router = Router()
Campaign = Annotated[int | None, Query(ge=1, le=2**53)]


class HoldingOut(Schema):
    """Tubes at one gate with one holder."""

    gate: str
    holder: str
    key: int | None
    name: str
    hand: str
    tubes: int
    members: int
    oldest: datetime
    late: int


class BalanceOut(Schema):
    """`held + ended = tubes`."""

    tubes: int
    held: int
    ended: int
    late: int
    holdings: list[HoldingOut]


@router.get("/balance", response=BalanceOut, summary="Where every tube is, and who holds it")
@allow(role=(MANAGER, "command.staff", "inspector"))
def balance(request: HttpRequest, campaign: Campaign = None) -> conservation.Balance:
    return conservation.balance(request.scope, now=request.now, campaign=campaign)
