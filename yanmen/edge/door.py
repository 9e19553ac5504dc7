"""What every door shares: reading a body within bounds, knowing who asks, and answering nothing unexpected."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Generator
from typing import Any

import msgspec

from yanmen.base.device_certificates import HOLDER
from yanmen.base.refusals import Refusal
from yanmen.edge.edge import Edge
from yanmen.edge.errors import (
    JSON,
    KEEP,
    Fault,
    cut_short,
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
from yanmen.edge.image import ImageMissing
from yanmen.edge.sessions import Session
from yanmen.edge.shedding import LATE_READ, network_of

HEADERS = [JSON, KEEP]

SMALL = 4096
"""Bytes of a body that are read before anybody asks who sends them."""

_log = logging.getLogger(__name__)


class _Done:
    """Awaiting it does nothing and costs nothing: for doors that have answered at once."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, Any, None]:
        return iter(())  # type: ignore[return-value]  # an iterator that has ended is all that is asked for


DONE = _Done()


class Door:
    """One address and method. `__call__` answers or gives an awaitable that does."""

    name: str
    method = "GET"
    path: str

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.head = f"{self.method}\n{self.path}\n".encode()
        self.counts: dict[int, int] = edge.metrics.answers.setdefault(self.name, defaultdict(int))

    def __call__(self, scope: Any, protocol: Any) -> Awaitable[None]:
        raise NotImplementedError

    def send(self, protocol: Any, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""
        self.counts[status] += 1
        protocol.response_bytes(status, headers, body)

    def refuse(self, protocol: Any, reason: Exception) -> None:
        """Answer with what went wrong; what nobody foresaw is logged and answered like a fault of the server."""
        fault = told(reason)
        self.counts[fault.status] += 1
        fault.send(protocol)

    def signed(self, scope: Any, body: bytes, kind: int = 0) -> Session:
        """Who asks, if the request carries a session of ours and its MAC."""
        session, mac = self.shown(scope)
        query = scope.query_string
        head = f"{self.method}\n{self.path}?{query}\n".encode() if query else self.head
        if not session.signed(head, body, mac.encode()):
            raise not_signed_in("请求签名不正确。", "The signature of the request is wrong.")
        return self._allowed(session, kind)

    def shown(self, scope: Any) -> tuple[Session, str]:
        """The session of ours that a request shows, and the MAC that it carries: not yet looked at."""
        parts = scope.headers.get("authorization", "").split(" ")
        if len(parts) != 3 or parts[0] != "Yanmen":
            raise not_signed_in("请先登录设备。", "Open a session first.")
        return self.edge.sessions.find(parts[1]), parts[2]

    def _allowed(self, session: Session, kind: int) -> Session:
        edge = self.edge
        if session.expires < edge.clock.seconds():
            raise not_signed_in("会话已过期，请重新登录设备。", "The session has ended. Open a new one.")
        if edge.image.device_revoked(session.device):
            raise not_here("此设备已被注销，请重新登记。", "This device was revoked. Enrol it again.")
        if kind and session.kind != kind:
            who = ("市民", "a resident's") if kind == HOLDER else ("工作人员", "an officer's")
            raise not_here(f"此功能仅限{who[0]}设备使用。", f"This is for {who[1]} device.")
        if not session.allowance.take():
            raise too_many()
        return session

    def from_network(self, scope: Any) -> None:
        """Count a request without a session against the network it comes from."""
        if not self.edge.networks.of(network_of(scope.client)).take():
            raise too_many()


class Read(Door):
    """A door that answers from memory at once."""

    sheds = True
    """Whether it closes when the process is late."""

    def __call__(self, scope: Any, protocol: Any) -> Awaitable[None]:
        try:
            if self.sheds and self.edge.pressure.late > LATE_READ:
                raise overloaded()
            self.answer(scope, protocol)
        except Exception as reason:
            self.refuse(protocol, reason)
        return DONE

    def answer(self, scope: Any, protocol: Any) -> None:
        """Send the answer."""
        raise NotImplementedError


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
        """Bytes that a body may have."""
        return self.edge.limits.body

    async def __call__(self, scope: Any, protocol: Any) -> None:
        try:
            if self.rank is not None:
                self.edge.writer.may(self.rank)
            elif self.edge.pressure.late > LATE_READ:
                raise overloaded()
            answer = await self.answer(scope, await self.body(scope, protocol))
            self.send(protocol, 200, HEADERS, answer)
        except Exception as reason:
            if isinstance(reason, Fault) and reason.hold:
                await self.edge.pressure.hold()
            self.refuse(protocol, reason)

    async def answer(self, scope: Any, body: bytes) -> bytes:
        """What to answer to this body."""
        raise NotImplementedError

    async def body(self, scope: Any, protocol: Any) -> bytes:
        """The whole body, within its bounds of size and time."""
        headers = scope.headers
        kind = headers.get("content-type", "")
        if kind not in self.types and kind.partition(";")[0].strip().lower() not in self.types:
            raise wrong_type(self.types[0])
        length = headers.get("content-length")
        if length is not None and (len(length) > 9 or int(length) > self.most):
            raise too_large(self.most)
        if not self.foreign and (length is None or int(length) > SMALL):
            self.shown(scope)  # nobody but our own devices fills the memory
        task = self.edge.patience.begin()
        try:
            return bytes(await protocol()) if length is not None else await _counted(protocol, self.most)
        except RuntimeError as fault:
            raise cut_short() from fault
        except asyncio.CancelledError as end:
            if self.edge.patience.lost(task):
                raise too_slow() from end
            raise
        finally:
            self.edge.patience.end(task)


class Patience:
    """Ends the wait for bodies that do not come. It costs a request two dictionary writes; a timer would cost more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[asyncio.Task[Any], float] = {}
        self._given_up: set[asyncio.Task[Any]] = set()

    def begin(self) -> asyncio.Task[Any]:
        """The present task waits for a body from now on."""
        task = asyncio.current_task()
        assert task
        self._since[task] = time.monotonic()
        return task

    def end(self, task: asyncio.Task[Any]) -> None:
        """It does not wait any more."""
        del self._since[task]

    def lost(self, task: asyncio.Task[Any]) -> bool:
        """Whether the task was cancelled for waiting too long; then it goes on to say so."""
        if task not in self._given_up:
            return False
        self._given_up.discard(task)
        task.uncancel()
        return True

    async def watch(self) -> None:
        """Look every second whom to give up."""
        while True:
            await asyncio.sleep(1)
            end = time.monotonic() - self._seconds
            for task in [task for task, since in self._since.items() if since < end]:
                self._given_up.add(task)
                task.cancel()


async def _counted(protocol: Any, most: int) -> bytes:
    """A body that does not say its length."""
    parts, size = [], 0
    async for part in protocol:
        size += len(part)
        if size > most:
            raise too_large(most)
        parts.append(bytes(part))
    return b"".join(parts)


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
    _log.error("A request failed.", exc_info=reason)
    return unavailable("服务器内部错误，请稍后再试。", "Something is wrong on our side. Try again.", 5)
