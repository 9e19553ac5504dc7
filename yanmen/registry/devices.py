"""Telephones that may speak for somebody: how they come in, for whom they speak, and how they are shut out.

Whoever comes in has no scope yet. What they touch then are the functions of `sql/security.sql`, which tell nothing to
anyone without the right code, token or key. Nothing is told to the edges here: the acts above this layer do that.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from django.db import connection
from django.db.models import Q, QuerySet

from yanmen.registry.models import Device
from yanmen.registry.people import unsealed_text
from yanmen.registry.scope import Scope
from yanmen.registry.vault import ring

TAIL = 4
LONGEST_REASON = 200


@dataclass(frozen=True)
class Rate:
    """At most `limit` times in `seconds` for one asker: a telephone number, a person, a network."""

    kind: str
    asker: str
    limit: int
    seconds: int


@dataclass(frozen=True)
class Entrant:
    """Somebody whom a code lets in: the holder of the number, or somebody in the holder's charge."""

    person: int
    guardian: int | None
    area: str
    name: str
    document_tail: str


@dataclass(frozen=True)
class Entrance:
    """A right code, and whom it lets in. It is not used up until `close` is called."""

    enrolment: int
    digest: bytes
    people: tuple[Entrant, ...]

    def holders(self) -> list[Entrant]:
        """Those who have the telephone number themselves."""
        return [each for each in self.people if each.guardian is None]

    def wards_of(self, person: int) -> list[Entrant]:
        """Those in a holder's charge, without those who hold the number too."""
        own = {each.person for each in self.holders()}
        return [each for each in self.people if each.guardian == person and each.person not in own]


@dataclass(frozen=True)
class Post:
    """What an officer's token was opened for."""

    account: int
    role: str
    area: str
    place: int | None
    until: datetime


@dataclass(frozen=True)
class Speaker:
    """For whom a live device speaks."""

    kind: str
    person: int | None
    account: int | None
    role: str
    area: str
    place: int | None


def take_turn(rates: Sequence[Rate], *, now: datetime) -> int:
    """Count one more try for each asker, in the order given; seconds to wait when a limit is reached, else 0."""
    askers = [ring().blind_index(f"{rate.kind}\0{rate.asker}", "rate") for rate in rates]
    with connection.cursor() as cursor:
        limits, seconds = [rate.limit for rate in rates], [rate.seconds for rate in rates]
        cursor.execute("SELECT registry_take_turn(%s, %s, %s, %s)", [askers, limits, seconds, now])
        return int(cursor.fetchone()[0])


def offer_code(phone: str, *, code: str, until: datetime, now: datetime) -> None:
    """Keep the digest of a code that was made for a telephone number. It makes the earlier ones worthless."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_offer_code(%s, %s, %s, %s)", [_index(phone), _digest(phone, code), now, until])


def try_code(phone: str, code: str, *, most_tries: int, now: datetime) -> Entrance | None:
    """Whom this code lets in; None when it is wrong, old, used or was tried too often. Every try counts."""
    digest = _digest(phone, code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_try_code(%s, %s, %s, %s)", [_index(phone), digest, now, most_tries])
        rows = cursor.fetchall()
    if not rows:
        return None
    people = tuple(
        Entrant(person, guardian, area, name, unsealed_text(sealed, "id_number", person)[-TAIL:])
        for _, person, guardian, area, name, sealed in rows
        if person is not None
    )
    return Entrance(rows[0][0], digest, people)


def close(entrance: Entrance, *, now: datetime) -> bool:
    """The code has done its work; False when somebody else used it in the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_use_code(%s, %s, %s)", [entrance.enrolment, entrance.digest, now])
        return bool(cursor.fetchone()[0])


def open_token(
    scope: Scope, *, area: str, place: int | None, device_until: datetime, until: datetime, now: datetime
) -> str:
    """A token with which one telephone becomes the asker's device, in the asker's role. It is shown once."""
    token = token_urlsafe(24)
    # Not through the manager: RETURNING would ask for a right to read that nobody has.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_enrolment (kind, digest, account_id, role, area, place_id, device_until, made_at,"
            " expires_at, tries) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0)",
            [Device.OFFICER, _of_token(token), scope.account, scope.role, area, place, device_until, now, until],
        )
    return token


def use_token(token: str, *, now: datetime) -> Post | None:
    """What a token was opened for; it works once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_use_token(%s, %s)", [_of_token(token), now])
        row = cursor.fetchone()
    return Post(*row) if row else None


def enrol_holder(
    entrant: Entrant, *, form: int, public_key: bytes, client: str, until: datetime, now: datetime
) -> Device:
    """The device of a person, in that person's own scope. The same key again is the same device."""
    return _enrol(
        Device(kind=Device.HOLDER, person_id=entrant.person, form=form, area=entrant.area, public_key=public_key),
        client=client,
        until=until,
        now=now,
    )


def enrol_officer(post: Post, *, public_key: bytes, client: str, now: datetime) -> Device:
    """The device of an account in a role and place, in the scope of that account."""
    return _enrol(
        Device(
            kind=Device.OFFICER, account_id=post.account, role=post.role, area=post.area, place_id=post.place,
            public_key=public_key,
        ),
        client=client,
        until=post.until,
        now=now,
    )  # fmt: skip


def speaker(device: int, public_key: bytes, *, now: datetime) -> Speaker | None:
    """For whom a device speaks; None when it is unknown, revoked or over. It leaves a trace that it was seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_live_device(%s, %s, %s)", [device, public_key, now])
        row = cursor.fetchone()
    return Speaker(*row) if row else None


def devices(scope: Scope) -> "QuerySet[Device]":
    """Devices of the asker's areas, newest first."""
    rows: QuerySet[Device] = scope.within(Device.objects, "area")
    return rows.order_by("-pk")


def live(rows: "QuerySet[Device]", now: datetime) -> "QuerySet[Device]":
    """Those that still speak for somebody."""
    return rows.filter(revoked_at=None, expires_at__gt=now)


def revoke(rows: "QuerySet[Device]", *, reason: str, by: str, now: datetime) -> list[int]:
    """Shut devices out for good; the numbers of those that were open."""
    numbers = sorted(rows.filter(revoked_at=None).values_list("pk", flat=True))
    kept = Device.objects.filter(pk__in=numbers, revoked_at=None)
    kept.update(revoked_at=now, revoked_by=by, revoked_reason=reason.strip()[:LONGEST_REASON])
    return numbers


def shut_out_departed(*, by: str, now: datetime) -> list[int]:
    """Shut out the devices of officers whose account or role has ended; their numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_shut_out_departed(%s, %s)", [by, now])
        return sorted(number for (number,) in cursor.fetchall())


def _enrol(device: Device, *, client: str, until: datetime, now: datetime) -> Device:
    same = Q(kind=device.kind, person=device.person_id, account=device.account_id, role=device.role)
    same &= Q(area=device.area, place=device.place_id, public_key=device.public_key, revoked_at=None)
    found = Device.objects.filter(same, expires_at__gt=now).order_by("-pk").first()
    if found is None:
        device.enrolled_at, device.client, device.expires_at, device.seen_at = now, client, until, now
        device.save(force_insert=True)
        return device
    found.client, found.expires_at, found.seen_at = client, until, now
    found.save(update_fields=["client", "expires_at", "seen_at"])
    return found


def _index(phone: str) -> bytes:
    return ring().blind_index(phone, "phone")


def _digest(phone: str, code: str) -> bytes:
    return ring().blind_index(f"{phone}\0{code}", "enrolment")


def _of_token(token: str) -> bytes:
    return hashlib.sha256(b"yanmen-enrolment\n" + token.encode()).digest()
