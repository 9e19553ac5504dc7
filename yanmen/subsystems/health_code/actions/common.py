"""What the ways in have in common: limits, proofs of possession, certificates, telling the edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection

from yanmen.base import device_certificates
from yanmen.base.identity import mask_name
from yanmen.base.key_list import DEVICE
from yanmen.base.refusals import Refusal, TooOften
from yanmen.base.signing import verify
from yanmen.registry import devices
from yanmen.registry.devices import Rate
from yanmen.registry.models import Device
from yanmen.registry.vault import issuing

PROOF = b"yanmen-enrol\n"
LONGEST_KEY = 200
LONGEST_CLIENT = 40


@dataclass(frozen=True)
class Certified:
    """One certificate for a telephone, and what its owner recognises it by."""

    certificate: bytes
    device: int
    name_masked: str
    form: int
    expires_at: datetime


@dataclass(frozen=True)
class Enrolled:
    """What a telephone gets when it comes in: its certificates and the key that all trust hangs on."""

    certificates: tuple[Certified, ...]
    root_key: bytes


def within(rates: Sequence[Rate], now: datetime) -> None:
    """Refuse who asks too often. What was counted stays counted."""
    wait = devices.take_turn(rates, now=now)
    if wait:
        minutes = -(-wait // 60)
        raise TooOften(
            f"操作过于频繁，请 {minutes} 分钟后再试。也可到社区办理。",
            f"Too often. Try again in {minutes} minutes, or go to a community office.",
            retry_after=wait,
        )


def proven_key(public_key: bytes, proof: bytes, secret: str) -> bytes:
    """The telephone's key as we write it, after it has shown that it holds the private half."""
    if len(public_key) > LONGEST_KEY:
        raise _bad_key()
    try:
        key = serialization.load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        raise _bad_key() from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _bad_key()
    written = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if not verify(public_key=written, message=PROOF + secret.encode(), signature=proof):
        raise Refusal(
            "设备签名不符。请重新打开页面再试。",
            "The device's proof does not fit its key. Open the page again and try once more.",
            field="proof",
        )
    return written


def certified(device: Device, name: str, now: datetime, *, document_tail: str = "") -> Certified:
    """The certificate of a device. Of somebody in another's charge it says what a door compares with the document."""
    holder = device.kind == Device.HOLDER
    claims = device_certificates.DeviceClaims(
        issuer=device.area[:2],
        device=device.pk,
        issued_at=int(now.timestamp()),
        expires_at=int(device.expires_at.timestamp()),
        public_key=bytes(device.public_key),
        kind=device_certificates.HOLDER if holder else device_certificates.OFFICER,
        subject=(device.person_id if holder else device.account_id) or 0,
        form=device.form,
        role=device.role,
        place=device.place_id,
        area="" if holder else device.area,
        hint=f"{mask_name(name)} {document_tail}".strip() if device.form == Device.COMPANION else "",
    )
    signed = device_certificates.issue(claims, issuing().signer(DEVICE, now))
    return Certified(signed, device.pk, mask_name(name), device.form, device.expires_at)


def enrolled(certificates: Iterable[Certified]) -> Enrolled:
    """The answer to a telephone that came in."""
    return Enrolled(tuple(certificates), issuing().root.public_key)


def tell_revoked(numbers: Sequence[int], now: datetime) -> None:
    """The edges shut these devices out. The last act of a transaction."""
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tell_revoked(%s, %s)", [list(numbers), now])


def _bad_key() -> Refusal:
    return Refusal(
        "设备公钥无效，应为 P-256 公钥（SPKI DER）。",
        "The device's public key is not valid: it must be a P-256 key (SPKI, DER).",
        field="public_key",
    )
