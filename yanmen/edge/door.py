"""What every door shares: knowing who asks, and answering nothing unexpected."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Coroutine
from functools import partial
from typing import Any

import msgspec

from yanmen.base.device_certificates import HOLDER
from yanmen.base.networks import Address, caller, neighbourhood
from yanmen.base.refusals import Refusal
from yanmen.edge.edge import Edge
from yanmen.edge.errors import (
    JSON,
    KEEP,
    Fault,
    malformed,
    no_image,
    not_here,
    not_signed_in,
    overloaded,
    refused,
    too_large,
    too_many,
    too_slow,
    unavailable,
    wrong_type,
)
from yanmen.edge.http.messages import BodyTooLarge, BodyTooSlow, Headers, Request
from yanmen.edge.image import ImageMissing
from yanmen.edge.sessions import Session
from yanmen.edge.shedding import LATE_READ

HEADERS: Headers = (JSON, KEEP)

SMALL = 4096
"""Bytes of a body that are read before anybody asks who sends them."""

_log = logging.getLogger(__name__)


class Door:
    """One address and method."""

    name: str
    method = "GET"
    path: str

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.head = f"{self.method}\n{self.path}\n".encode()
        self.counts: dict[int, int] = edge.metrics.answers.setdefault(self.name, defaultdict(int))

    @property
    def most(self) -> int:
        """Bytes that a body may have. Who comes to read may bring one too; nobody looks at it."""
        return SMALL

    def admit(self, request: Request) -> None:
        """Look at the head, before the body is read."""

    def handle(self, request: Request, body: bytes) -> Coroutine[Any, Any, None] | None:
        """Answer now, or see to it that somebody will; or give work that does."""
        raise NotImplementedError

    def send(self, request: Request, status: int, headers: Headers, body: bytes) -> None:
        """Answer."""
        self.counts[status] += 1
        request.respond(status, headers, body)

    def refuse(self, request: Request, reason: Exception) -> None:
        """Answer with what went wrong; what nobody foresaw is logged and answered like a fault of the server."""
        fault = too_large(self.most) if isinstance(reason, BodyTooLarge) else told(reason)
        self.counts[fault.status] += 1
        if fault.hold:
            self.edge.pressure.hold(partial(fault.send, request))
        else:
            fault.send(request)

    def signed(self, request: Request, body: bytes, kind: int = 0) -> Session:
        """Who asks, if the request carries a session of ours and its MAC, and may ask now."""
        session = self.proven(request, body, kind)
        self.allow(session, self.edge.clock.seconds())
        return session

    def proven(self, request: Request, body: bytes, kind: int = 0) -> Session:
        """Whose session and MAC a request carries."""
        session, mac = self.shown(request)
        query = request.query_string
        head = f"{self.method}\n{self.path}?{query}\n".encode() if query else self.head
        if not session.signed(head, body, mac.encode()):
            raise not_signed_in("请求签名不正确。", "The signature of the request is wrong.")
        if kind and session.kind != kind:
            who = ("市民", "a resident's") if kind == HOLDER else ("工作人员", "an officer's")
            raise not_here(f"此功能仅限{who[0]}设备使用。", f"This is for {who[1]} device.")
        return session

    def shown(self, request: Request) -> tuple[Session, str]:
        """The session of ours that a request shows, and the MAC that it carries: not yet looked at."""
        parts = request.headers.get("authorization", "").split(" ")
        if len(parts) != 3 or parts[0] != "Yanmen":
            raise not_signed_in("请先登录设备。", "Open a session first.")
        return self.edge.sessions.find(parts[1]), parts[2]

    def allow(self, session: Session, now: float) -> None:
        """Raises if the session has ended, its device may not speak, or it speaks too often."""
        if session.expires < now:
            raise not_signed_in("会话已过期，请重新登录设备。", "The session has ended. Open a new one.")
        if session.device in self.edge.image.revoked:
            raise not_here("此设备已被注销，请重新登记。", "This device was revoked. Enrol it again.")
        if not session.take():
            raise too_many()

    def from_network(self, request: Request) -> None:
        """Count a request without a session against the network it comes from."""
        address = self.caller(request)
        if not self.edge.networks.of(neighbourhood(address) if address else "unknown").take():
            raise too_many()

    def caller(self, request: Request) -> Address | None:
        """Who calls, as far as proxies of ours (YANMEN_EDGE_PROXIES) and this machine vouch for it."""
        told = [hop for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        return caller([*told, request.client], self.edge.settings.proxies)


class Read(Door):
    """A door that answers from memory."""

    sheds = True
    """Whether it closes when the process is late."""

    def admit(self, request: Request) -> None:
        if self.sheds and self.edge.pressure.late > LATE_READ:
            raise overloaded()


class Post(Door):
    """A door that takes a body of JSON."""

    method = "POST"
    types: tuple[str, ...] = ("application/json",)
    rank: int | None = None
    """Of what it keeps, when it keeps something; see `writer`."""
    foreign = False
    """Whether it takes bodies from who has no session."""

    @property
    def most(self) -> int:
        return self.edge.limits.body

    def admit(self, request: Request) -> None:
        if self.rank is not None:
            self.edge.writer.may(self.rank)
        elif self.edge.pressure.late > LATE_READ:
            raise overloaded()
        headers = request.headers
        kind = headers.get("content-type", "")
        if kind not in self.types and kind.partition(";")[0].strip().lower() not in self.types:
            raise wrong_type(self.types[0])
        if not self.foreign and ((length := request.length) is None or length > SMALL):
            self.shown(request)  # nobody but our own devices fills the memory

    def handle(self, request: Request, body: bytes) -> Coroutine[Any, Any, None] | None:
        self.send(request, 200, HEADERS, self.answer(request, body))
        return None

    def answer(self, request: Request, body: bytes) -> bytes:
        """What to answer to this body."""
        raise NotImplementedError


def told(reason: Exception) -> Fault:
    """What a client is told about an exception."""
    if isinstance(reason, Fault):
        return reason
    if isinstance(reason, Refusal):
        return refused(reason)
    if isinstance(reason, msgspec.MsgspecError | RecursionError):
        return malformed(reason)
    if isinstance(reason, UnicodeDecodeError):
        return malformed(msgspec.DecodeError("not UTF-8"))
    if isinstance(reason, ImageMissing):
        return no_image()
    if isinstance(reason, BodyTooSlow):
        return too_slow()
    _log.error("A request failed.", exc_info=reason)
    return unavailable("服务器内部错误，请稍后再试。", "Something is wrong on our side. Try again.", 5)
