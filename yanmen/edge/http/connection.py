"""One client's connection: requests in, answers out, in their order and within bounds of size, number and time."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, cast

import httptools

from yanmen.edge.http.messages import NO_BODY, BodyTooLarge, BodyTooSlow, Handler, Headers, Request, head

if TYPE_CHECKING:
    from yanmen.edge.http.server import Server

IDLE, RECEIVING, ANSWERING = range(3)
"""Nothing is under way; a request is coming in; the last one is complete and not answered."""

HEAD_BYTES = 32 * 1024
HEADERS = 100
AHEAD = 16
"""Requests that a client may send without waiting for answers; then it is not read from."""

JOINED = 16 * 1024
"""Answers up to this size leave in one piece: a copy costs less than a second call."""

READ_ANYWAY = 4096
"""Bytes of a refused body that are read all the same, so that the connection can go on."""

LINGER = 1.0
"""Seconds for a client that still sends to read why it was refused; closed at once, the kernel would tell it nothing."""

BAD = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
LARGE_HEAD = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"

_USUAL = (
    "Host",
    "Authorization",
    "Content-Type",
    "Content-Length",
    "User-Agent",
    "Accept",
    "Accept-Encoding",
    "Connection",
)
_NAMES = {form.encode(): name.lower() for name in _USUAL for form in (name, name.lower())}
"""Names of headers as most clients write them: looking one up costs less than reading it."""

_log = logging.getLogger(__name__)

Complete = tuple[Handler, Request, bytes, Exception | None]


class Connection(asyncio.Protocol):
    """What uvloop calls when something happens on a socket, and httptools when something is understood."""

    __slots__ = (
        "_begun", "_body", "_deaf", "_fault", "_going", "_handler", "_head_bytes", "_headers", "_parser", "_reading",
        "_ready", "_server", "_size", "_transport", "_unread", "_url", "ending", "since", "stage", "stalled",
    )  # fmt: skip

    _handler: Handler
    _transport: asyncio.Transport

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._headers: dict[str, str] = {}
        self._url = b""
        self._head_bytes = self._size = 0
        self._body: list[bytes] = []
        self._reading: Request | None = None
        self._fault: Exception | None = None
        self._ready: deque[Complete] = deque()
        self._begun = self._deaf = self._going = self._unread = False
        self.stage = IDLE
        self.since = server.now
        self.stalled = self.ending = False

    @property
    def client(self) -> str:
        """The client's address."""
        found = self._transport.get_extra_info("peername")
        return str(found[0]) if found else ""

    @property
    def scheme(self) -> str:
        return "https" if self._transport.get_extra_info("sslcontext") else "http"

    # The loop calls:

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if not self._server.welcome(self):
            self._transport.write(FULL)
            self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything: the collector of cycles comes too rarely for as many connections as there are."""
        self._server.forget(self)
        self._deaf = True
        self._ready.clear()
        self._reading = None
        del self._parser

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._deaf = True  # the answer was the last one: we speak nothing else
        except httptools.HttpParserError as fault:
            if isinstance(fault, httptools.HttpParserCallbackError) and not isinstance(fault.__context__, ValueError):
                _log.error("A request could not be taken in.", exc_info=fault.__context__)
            self._break(BAD)
        else:
            if self._head_bytes > HEAD_BYTES and not self._reading and self._begun:
                self._break(LARGE_HEAD)

    def eof_received(self) -> bool:
        """The client says no more. What came in whole is answered still."""
        self._deaf = True
        return self.stage == ANSWERING

    def pause_writing(self) -> None:
        self.stalled = True

    def resume_writing(self) -> None:
        self.stalled = False
        self._go_on()

    # The parser calls:

    def on_message_begin(self) -> None:
        self._begun = True
        self._headers = {}
        self._url = b""
        if self.stage == IDLE:
            self.stage = RECEIVING
            self.since = self._server.now

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        headers = self._headers
        if len(headers) >= HEADERS:
            raise ValueError("more headers than anybody needs")
        headers[_NAMES.get(name) or name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        parser, headers = self._parser, self._headers
        if self._head_bytes > HEAD_BYTES and _size(self._url, headers) > HEAD_BYTES:
            raise ValueError("a larger head than anybody needs")
        path, _, query = self._url.decode("latin-1").partition("?")
        length = None if "transfer-encoding" in headers else int(headers.get("content-length", 0))
        last = not parser.should_keep_alive() or parser.should_upgrade()
        request = Request(self, parser.get_method().decode("latin-1"), path, query, headers, length, last)
        handler = self._server.application.find(request)
        self._reading, self._handler = request, handler
        self._size = 0
        try:
            if length is not None and length > handler.most:
                raise BodyTooLarge  # chunks are counted as they come
            handler.admit(request)
        except Exception as reason:
            self._fault = reason
            if length is None or length > READ_ANYWAY:
                self._refuse_unread()
        else:
            if "expect" in headers and self.stage != ANSWERING:
                self._transport.write(GO_ON)

    def on_body(self, part: bytes) -> None:
        if self._fault is not None or self._deaf:
            return
        self._size += len(part)
        if self._size > self._handler.most:
            self._fault = BodyTooLarge()
            self._refuse_unread()
        else:
            self._body.append(part)

    def on_message_complete(self) -> None:
        request, body, fault = self._reading, self._body, self._fault
        if self._deaf or request is None:
            return
        whole = body[0] if len(body) == 1 else b"".join(body)
        if body:
            self._body = []
        self._reading = self._fault = None
        self._begun = False
        self._head_bytes = 0
        if self.stage == ANSWERING or self.stalled:
            self._ready.append((self._handler, request, whole, fault))
            if len(self._ready) == AHEAD:
                self._transport.pause_reading()
        else:
            self._open(self._handler, request, whole, fault)

    # Answers:

    def send(self, request: Request, status: int, headers: Headers, body: bytes) -> None:
        """The answer to the oldest request that has none."""
        transport, server = self._transport, self._server
        last = request.last or server.closing or (self._deaf and not self._ready)
        self.stage = RECEIVING if self._begun else IDLE
        self.since = server.now
        if transport.is_closing():
            return
        start, end = head(status, headers), server.ends[last]
        if status in NO_BODY:
            transport.write(start + end)
        elif request.method == "HEAD":
            transport.write(b"%bcontent-length: %d\r\n%b" % (start, len(body), end))
        elif len(body) <= JOINED:
            transport.write(b"%bcontent-length: %d\r\n%b%b" % (start, len(body), end, body))
        else:
            transport.writelines((b"%bcontent-length: %d\r\n%b" % (start, len(body), end), body))
        if last:
            self.hang_up()
        elif self._ready:
            self._go_on()

    def give_up(self) -> None:
        """What is coming in takes too long."""
        if self._reading is None:
            self.hang_up()
        else:
            self._fault = BodyTooSlow()
            self._refuse_unread()

    def hang_up(self) -> None:
        """Close, once everything is sent."""
        self._deaf = self.ending = True
        self._ready.clear()
        transport = self._transport
        if self._unread and transport.can_write_eof() and not transport.is_closing():
            transport.write_eof()
            self._server.later(LINGER, transport.close)
        else:
            transport.close()

    def cut(self) -> None:
        """Close at once."""
        self._transport.abort()

    def _open(self, handler: Handler, request: Request, body: bytes, fault: Exception | None) -> None:
        self.stage = ANSWERING
        if fault is not None:
            handler.refuse(request, fault)
            return
        try:
            work = handler.handle(request, body)
            if work is not None:
                self._server.run(work)
        except Exception as reason:
            handler.refuse(request, reason)

    def _go_on(self) -> None:
        """Requests that came while another was answered, one after the other."""
        if self._going:
            return
        self._going = True
        while self._ready and self.stage != ANSWERING and not self.stalled:
            self._open(*self._ready.popleft())
        self._going = False
        if not self._ready and not self._deaf:
            self._transport.resume_reading()

    def _refuse_unread(self) -> None:
        """Answer although more is to come, and hang up."""
        request, fault = self._reading, self._fault
        assert request is not None
        assert fault is not None
        self._deaf = self._unread = request.last = True
        if self.stage == ANSWERING:
            self._ready.append((self._handler, request, b"", fault))
        else:
            self._open(self._handler, request, b"", fault)

    def _break(self, answer: bytes) -> None:
        """Turn away what is no HTTP, or no end of it."""
        if self.stage != ANSWERING:
            self._transport.write(answer)
        self._unread = True
        self.hang_up()


def _size(url: bytes, headers: dict[str, str]) -> int:
    """Bytes of a head, nearly: it may have come together with a large body."""
    return len(url) + sum(len(name) + len(value) for name, value in headers.items())
