"""A client of the edge in Python: it opens a session and signs its requests as phones do. For machines, drills and tests."""

from __future__ import annotations

import hmac
import json
import ssl
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx

from yanmen.base.signing import Signer
from yanmen.edge.records import octets


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return b2a_base64(data, newline=False).decode().translate(str.maketrans("+/", "-_")).rstrip("=")


def milliseconds(now: datetime | None = None) -> int:
    """This moment as the API writes it."""
    return int((now or datetime.now(UTC)).timestamp() * 1000)


def near(url: str, *, timeout: float) -> httpx.Client:
    """A line to an edge on this very machine, in plain text. No certificates are read for it: that takes longer than what it says."""
    return httpx.Client(base_url=url, timeout=timeout, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@dataclass
class Device:
    """A phone: its key, its certificate, and the session it holds."""

    certificate: bytes
    signer: Signer
    session: str = ""
    key: bytes = b""

    def opening(self, now: datetime | None = None) -> dict[str, Any]:
        """The body that opens a session."""
        at = milliseconds(now)
        said = b"yanmen-session\n%d\n" % at + sha256(self.certificate).digest()
        return {"certificate": b64(self.certificate), "time": at, "signature": b64(self.signer.sign(said))}

    def sign_in(self, url: str, now: datetime | None = None, *, line: httpx.Client | None = None) -> Device:
        """Open a session at this edge; over a `line` that is open, where there is one."""
        post = httpx.post if line is None else line.post
        answer = post(f"{url}/edge/v1/sessions", json=self.opening(now), timeout=10)
        answer.raise_for_status()
        told = answer.json()
        self.session = told["session"]
        self.key = octets(told["key"])
        return self

    def authorization(self, method: str, path: str, body: bytes = b"") -> str:
        """The header of a signed request."""
        said = f"{method}\n{path}\n".encode() + body
        return f"Yanmen {self.session} {b64(hmac.digest(self.key, said, 'sha256')[:16])}"

    def get(self, client: httpx.Client, path: str) -> httpx.Response:
        """A signed GET."""
        return client.get(path, headers={"authorization": self.authorization("GET", path)})

    def post(self, client: httpx.Client, path: str, content: Any, *, kind: str = "application/json") -> httpx.Response:
        """A signed POST of JSON, or of bytes of another kind."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"authorization": self.authorization("POST", path, body), "content-type": kind}
        return client.post(path, content=body, headers=headers)
