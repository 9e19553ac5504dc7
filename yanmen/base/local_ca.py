"""A certificate authority of one installation: HTTPS on a local network, where no public authority reaches.

It signs only for the names and addresses that it was made for (name constraints), so a stolen key opens nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from yanmen.base.refusals import Refusal

CA_DAYS = 3650
LEAF_DAYS = 397
"""Browsers refuse a server's certificate of more than 398 days."""
EARLY = timedelta(hours=1)
"""Certificates begin a little earlier: clocks of phones differ."""
DIGITAL_SIGNATURE, CERT_SIGN = "digital_signature", "key_cert_sign"
USAGES = (
    DIGITAL_SIGNATURE,
    CERT_SIGN,
    "crl_sign",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def fingerprint(self) -> str:
        """SHA-256, as phones show it before they trust."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()


@dataclass(frozen=True)
class Hosts:
    """What a server is called: host names and addresses."""

    names: tuple[str, ...]
    addresses: tuple[Address, ...]

    @classmethod
    def read(cls, texts: Sequence[str]) -> Hosts:
        """From `edge.local` and `10.1.2.3`; refuses what is neither."""
        addresses = [found for text in texts if (found := _address(text))]
        names = [_host_name(text) for text in texts if not _address(text)]
        if not names and not addresses:
            raise Refusal("至少写一个主机名或 IP 地址。", "Name at least one host name or IP address.", field="host")
        return cls(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(addresses)))

    def general_names(self) -> list[x509.GeneralName]:
        """As a certificate carries them."""
        return [*map(x509.DNSName, self.names), *map(x509.IPAddress, self.addresses)]

    def constraints(self) -> list[x509.GeneralName]:
        """As limits of an authority: each name, and each address alone."""
        return [*map(x509.DNSName, self.names), *(x509.IPAddress(ip_network(each)) for each in self.addresses)]


def make_authority(hosts: Hosts, *, title: str, now: datetime) -> Pair:
    """A new authority that can sign for these hosts only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(title)
    builder = _builder(name, name, key.public_key(), now=now, days=CA_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(CERT_SIGN, "crl_sign"), critical=True)
    builder = builder.add_extension(x509.NameConstraints(_closed(hosts), _forbidden(hosts)), critical=True)
    return Pair(builder.sign(key, hashes.SHA256()), key)


def make_server(authority: Pair, hosts: Hosts, *, now: datetime) -> Pair:
    """A certificate for a server with a new key. Refuses hosts that the authority may not sign for, and a dead authority."""
    _check(authority, hosts, now=now)
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name("Yanmen server"), authority.certificate.subject, key.public_key(), now=now, days=LEAF_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(DIGITAL_SIGNATURE), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(hosts.general_names()), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(issuer, critical=False)
    return Pair(builder.sign(authority.key, hashes.SHA256()), key)


def keep(pair: Pair, certificate: Path, key: Path) -> None:
    """Write both; the key can be read by its owner alone."""
    certificate.parent.mkdir(parents=True, exist_ok=True)
    secret = pair.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key, secret, 0o600)
    _write(certificate, pair.certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def read(certificate: Path, key: Path) -> Pair:
    """A pair from its files; refuses files that do not belong together."""
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    secret = serialization.load_pem_private_key(key.read_bytes(), password=None)
    if not isinstance(secret, ec.EllipticCurvePrivateKey) or secret.public_key() != found.public_key():
        raise Refusal(f"{key} 不是 {certificate} 的私钥。", f"{key} is not the key of {certificate}.", field="key")
    return Pair(found, secret)


def der(pair: Pair) -> bytes:
    """The certificate as phones install it."""
    return pair.certificate.public_bytes(serialization.Encoding.DER)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLY)
        .not_valid_after(now - EARLY + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _closed(hosts: Hosts) -> list[x509.GeneralName] | None:
    return hosts.constraints() or None


def _forbidden(hosts: Hosts) -> list[x509.GeneralName] | None:
    """A kind of name that is not listed would be free: it is shut as a whole."""
    shut: list[x509.GeneralName] = []
    if not hosts.names:
        shut.append(x509.DNSName(""))
    for version, everything in ((4, "0.0.0.0/0"), (6, "::/0")):
        if not any(address.version == version for address in hosts.addresses):
            shut.append(x509.IPAddress(ip_network(everything)))
    return shut or None


def _check(authority: Pair, hosts: Hosts, *, now: datetime) -> None:
    if now + timedelta(days=LEAF_DAYS) > authority.certificate.not_valid_after_utc:
        raise Refusal(
            "本地根证书即将到期。另选文件夹重新制作，并让每部手机信任新的根证书。",
            "The authority ends too soon. Make a new one in another folder and let every phone trust it.",
        )
    allowed = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    outside = [str(each.value) for each in hosts.constraints() if each not in (allowed or [])]
    if outside:
        raise Refusal(
            f"此根证书不能签发 {'、'.join(outside)}。另选文件夹为这些名称制作新的根证书。",
            f"This authority may not sign for {', '.join(outside)}. Make a new one for these names in another folder.",
            field="host",
            value=outside[0],
        )


def _name(title: str) -> x509.Name:
    """A title with a space in it: a common name that could be a host's would fall under the name constraints."""
    named = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Yanmen"), x509.NameAttribute(NameOID.COMMON_NAME, title)]
    return x509.Name(named)


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in allowed for usage in USAGES})


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _host_name(text: str) -> str:
    labels = text.rstrip(".").lower().split(".")
    if len(text) > 253 or not all(_is_label(label) for label in labels) or labels[-1].isdigit():
        raise Refusal(
            f"“{text}”既不是主机名，也不是 IP 地址。",
            f'"{text}" is neither a host name nor an IP address.',
            field="host",
            value=text,
        )
    return ".".join(labels)


def _is_label(label: str) -> bool:
    plain = label.replace("-", "a")
    return 0 < len(label) < 64 and plain.isascii() and plain.isalnum() and label[0] != "-" != label[-1]


def _write(path: Path, content: bytes, mode: int) -> None:
    """In place at once: a reader sees the old file or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)
