"""Whose signatures an edge believes, what it signs itself, and what it knows against a code."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

from yanmen.base.changes import Changes
from yanmen.base.credentials import Claims
from yanmen.base.device_certificates import DeviceCertificate, DeviceClaims
from yanmen.base.door_words import DoorWords
from yanmen.base.issuing import IssuingKeys
from yanmen.base.key_list import DEVICE, KeyList
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.refusals import Refusal
from yanmen.base.signing import Signer
from yanmen.edge.image import Image

FRESH = 60.0
"""Seconds after which the folder of keys is looked at again."""


class Trust:
    """The installation's issuing keys, as a verifier and as a signer."""

    def __init__(self, folder: Path) -> None:
        self._issuing = IssuingKeys(folder)
        self._known: KeyList | None = None
        self._looked = 0.0
        self._changes: tuple[bytes, Changes | None] = (b"", None)
        self._words: tuple[bytes, DoorWords] = (b"", DoorWords())

    def keys(self, now: datetime) -> KeyList:
        """All public keys."""
        if self._known is None or time.monotonic() - self._looked > FRESH:
            self._issuing.refresh()
            self._known = self._issuing.known(now)
            self._looked = time.monotonic()
        return self._known

    def signer(self, use: str, now: datetime) -> Signer:
        """What signs for this use."""
        self.keys(now)
        return self._issuing.signer(use, now)

    def certificate(self, data: bytes, now: datetime) -> DeviceClaims:
        """What a device certificate says, if it is ours and has not ended."""
        certificate = DeviceCertificate.read(data)
        key = self.keys(now).find(certificate.key_id, DEVICE)
        at = int(now.timestamp())
        if key is None or not key.in_force(at) or not certificate.message.verify(key.public_key):
            raise _not_ours()
        if certificate.claims.expires_at < at:
            raise Refusal(
                "设备证书已到期，请重新登记。",
                "The certificate has ended. Enrol the device again.",
                field="certificate",
            )
        return certificate.claims

    def changes(self, image: Image, now: datetime) -> Changes | None:
        """The published list of what got worse and what was revoked, verified once for each publication."""
        body = image.documents.get("changes", b"")
        if body is not self._changes[0]:
            try:
                self._changes = (body, Changes.read(body, self.keys(now), now) if body else None)
            except Refusal:
                self._changes = (body, None)
        return self._changes[1]

    def words(self, image: Image, now: datetime) -> DoorWords:
        """What doors ask, as last published; without a publication what a health code is for everywhere."""
        body = image.documents.get("words", b"")
        if body is not self._words[0]:
            try:
                self._words = (body, DoorWords.read(body, self.keys(now), now) if body else DoorWords())
            except Refusal:
                self._words = (body, self._words[1])
        return self._words[1]


class Present:
    """What an edge knows at this moment: its image, and what was revoked."""

    def __init__(self, image: Image, people: Pseudonyms, changes: Changes | None, now: datetime) -> None:
        self._image = image
        self._people = people
        self._changes = changes
        self._now = now

    @property
    def as_of(self) -> int:
        """The older of both: a list that is not published any more knows of no paper that was taken back since."""
        age = self._image.age(self._now)
        seen = int((self._now - timedelta(seconds=min(age, 10**9))).timestamp())
        return min(seen, self._changes.as_of) if self._changes else seen

    def speaks_against(self, claims: Claims) -> str | None:
        """Whether the person's colour is worse than the code shows, or the code was revoked."""
        named = self._people.person_of(claims.pseudonym)
        if named is None:
            return "revoked"
        if self._image.colour(named[0]) > claims.colour:
            return "status_changed"
        found = self._changes.speaks_against(claims) if self._changes else None
        return found if found == "revoked" else None


def _not_ours() -> Refusal:
    return Refusal(
        "设备证书不是本平台签发的，请重新登记设备。",
        "This certificate was not issued here. Enrol the device again.",
        field="certificate",
    )
