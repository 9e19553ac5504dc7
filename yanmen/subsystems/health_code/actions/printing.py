"""Codes on paper, for people without a telephone and those in somebody's charge. Longer life, and a look at the document."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction

from yanmen.base import credentials
from yanmen.base.clock import local_date
from yanmen.base.identity import mask_name
from yanmen.base.key_list import PAPER
from yanmen.base.pseudonym import ON_PAPER
from yanmen.base.refusals import Refusal
from yanmen.registry.access import log_access
from yanmen.registry.devices import TAIL
from yanmen.registry.models import Person
from yanmen.registry.people import unsealed
from yanmen.registry.scope import Scope
from yanmen.registry.vault import issuing, pseudonyms
from yanmen.subsystems.health_code import queries
from yanmen.subsystems.health_code.models import PaperCode
from yanmen.subsystems.health_code.queries.doors import door_rules
from yanmen.subsystems.health_code.queries.papers import colour_now, last_negative

SHORTEST_PURPOSE = 2
LONGEST = 200


@transaction.atomic
def issue_paper(*, scope: Scope, person: int, purpose: str, by: str, now: datetime) -> PaperCode:
    """Print a code for somebody of the asker's area. An earlier paper is taken back; why it was printed is logged."""
    who = queries.person(scope, person)
    if who is None:
        raise Refusal(
            "您的辖区内没有此人。", "There is no such person in your area.", field="person", value=str(person)
        )
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise Refusal(
            "请写明用途，例如“老人无手机”。", "Say what for, for example: no telephone.", field="purpose", value=purpose
        )
    PaperCode.objects.filter(person=who, revoked_at=None).update(
        revoked_at=now, revoked_by=by, revoked_reason="replaced"
    )
    expires_at = now + timedelta(days=door_rules(local_date(now)).lives.paper_days)
    number = _next_number()
    name = pseudonyms().make(who.same_as_id or who.pk, ON_PAPER + number)
    claims = _claims(scope, who, name, now, expires_at)
    made = PaperCode.objects.create(
        pk=number,
        person=who,
        area=who.area,
        pseudonym=name,
        credential=credentials.issue(claims, issuing().signer(PAPER, now)),
        colour=claims.colour,
        hint=claims.hint or "",
        purpose=purpose.strip()[:LONGEST],
        issued_at=now,
        issued_by=by,
        expires_at=expires_at,
    )
    log_access(scope, "paper code", person=who, reason=made.purpose, now=now)
    return made


@transaction.atomic
def revoke_paper(*, scope: Scope, paper: int, reason: str, by: str, now: datetime) -> PaperCode:
    """Take a paper back: lost, stolen, or no longer wanted. Doors know with the next list of changes."""
    if not reason.strip():
        raise Refusal("请写明原因，例如遗失。", "Say why, for example: it was lost.", field="reason")
    found = queries.paper(scope, paper)
    if found is None or found.revoked_at is not None:
        raise Refusal(
            "没有这张纸质码，或已作废。",
            "There is no such paper in your area, or it was taken back.",
            field="paper",
            value=str(paper),
        )
    found.revoked_at, found.revoked_by, found.revoked_reason = now, by, reason.strip()[:LONGEST]
    found.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    return found


def _claims(scope: Scope, who: Person, name: bytes, now: datetime, expires_at: datetime) -> credentials.Claims:
    tested = last_negative(scope, who)
    return credentials.Claims(
        area=who.area[:2],
        pseudonym=name,
        issued_at=int(now.timestamp()),
        not_before=int(now.timestamp()),
        expires_at=int(expires_at.timestamp()),
        colour=colour_now(scope, who.pk),
        negative_minutes=int(tested.timestamp()) // 60 if tested else None,
        form=credentials.PAPER,
        hint=f"{mask_name(who.name)} {unsealed(who, 'id_number')[-TAIL:]}".strip(),
    )


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('health_code_papercode', 'id'))")
        return int(cursor.fetchone()[0])
