"""The daily seal: nobody can change yesterday, not even who keeps the database.

Each finished day gets one row: the last link of the ledger's hash chain, the number and the
digest of the facts recorded that day, and a signature over all three. Facts whose retention is over
leave a receipt that says what remains of their day; from then on the day is checked against that.
"""

from __future__ import annotations

import datetime as dt

from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.base.signing import Signer, verify
from yanmen.loop.retention import receipt_text
from yanmen.loop.session import Session


def seal_days(*, signer: Signer, now: dt.datetime, alias: str = "loop") -> list[dt.date]:
    """Seal every finished day that is not sealed yet. Returns the days."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        session = Session(cursor, now=now, as_of=local_date(now))
        days: list[dt.date] = session.column("unsealed_days")
        for day in days:
            digest, facts, facts_digest = _digests(session, day)
            session.run(
                "store_daily_seal",
                day=day,
                digest=digest,
                facts=facts,
                facts_digest=facts_digest,
                key_id=signer.key_id.hex(),
                signature=signer.sign(_message(day, digest, facts, facts_digest)),
            )
    return days


def broken_days(session: Session, *, public_key: bytes | None) -> list[tuple[dt.date, str]]:
    """Sealed days that no longer are what was sealed, each with what differs."""
    left = {day: said for day, *said in session.rows("left_of_days")}
    broken = _forged_receipts(session, public_key) if public_key else []
    for day, digest, facts, facts_digest, _, signature in session.rows("daily_seals"):
        now_digest, now_facts, now_facts_digest = _digests(session, day)
        gone, left_facts, left_digest = left.get(day, (0, facts, facts_digest))
        if (now_facts, now_facts_digest, gone + left_facts) != (left_facts, bytes(left_digest), facts):
            broken.append((day, f"facts: {facts} sealed, {gone} past their retention, {now_facts} found or changed"))
        elif now_digest != bytes(digest):
            broken.append((day, "the ledger's last link differs"))
        message = _message(day, bytes(digest), facts, bytes(facts_digest))
        if public_key and not verify(public_key=public_key, message=message, signature=bytes(signature)):
            broken.append((day, "the signature does not fit the seal"))
    return broken


def _forged_receipts(session: Session, public_key: bytes) -> list[tuple[dt.date, str]]:
    names = ("kind", "day", "part", "facts", "checksum", "left_facts", "left_digest")
    return [
        (row[1], f"the receipt for {row[0]} is not signed by us")
        for row in session.rows("fact_receipts")
        if not verify(
            public_key=public_key, message=receipt_text(dict(zip(names, row, strict=False))), signature=bytes(row[-1])
        )
    ]


def _digests(session: Session, day: dt.date) -> tuple[bytes, int, bytes]:
    [(chain, facts, facts_digest)] = session.rows("day_digests", day=day)
    return bytes(chain), int(facts), bytes(facts_digest)


def _message(day: dt.date, digest: bytes, facts: int, facts_digest: bytes) -> bytes:
    return b"|".join([b"yanmen-day", day.isoformat().encode(), digest, str(facts).encode(), facts_digest])
