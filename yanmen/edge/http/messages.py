"""A request as a door sees it, what opens doors, and the bytes of an answer."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol

import msgspec

Headers = tuple[tuple[str, str], ...]

NO_BODY = frozenset({204, 304})
CONNECTION_SAYS = frozenset({"connection", "content-length", "date"})


class Answering(Protocol):
    """What carries an answer to the client."""

    @property
    def client(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    def send(self, request: Request, status: int, headers: Headers, body: bytes) -> None: ...


class Request(msgspec.Struct, gc=False, eq=False):
    """The head of a request. Names of headers are in lower case; `path` is as it was sent, nothing is decoded."""

    connection: Answering
    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    length: int | None
    """Bytes of the body, as announced; None when it comes in chunks."""
    last: bool
    """Whether the connection ends with the answer."""
    answered: bool = False

    @property
    def client(self) -> str:
        """The address of who asks, without the port."""
        return self.connection.client

    @property
    def scheme(self) -> str:
        return self.connection.scheme

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer, once. If the client has gone meanwhile nobody hears it."""
        if not self.answered:
            self.answered = True
            self.connection.send(self, status, headers, body)


class Handler(Protocol):
    """What stands behind an address. An exception out of `admit` or `handle` goes to `refuse`."""

    @property
    def most(self) -> int:
        """Bytes that a body may have."""

    def admit(self, request: Request) -> None:
        """Look at the head, before the body is read."""

    def handle(self, request: Request, body: bytes) -> Coroutine[Any, Any, None] | None:
        """Answer now, or see to it that somebody will; or give work that does."""

    def refuse(self, request: Request, reason: Exception) -> None:
        """Answer with what went wrong."""


class Application(Protocol):
    """What a worker process runs."""

    async def start(self) -> None:
        """Before the first request."""

    async def stop(self) -> None:
        """After the last answer."""

    def find(self, request: Request) -> Handler:
        """Who answers this; there is always somebody."""


class BodyTooLarge(Exception):
    """More bytes than the handler reads."""


class BodyTooSlow(Exception):
    """It did not arrive in time."""


@lru_cache(2048)
def head(status: int, headers: Headers) -> bytes:
    """The first lines of an answer, without what the connection says itself."""
    said = [(name, value) for name, value in headers if name.lower() not in CONNECTION_SAYS]
    for name, value in said:
        if "\r" in value or "\n" in value:
            raise ValueError(f"header {name}: a line break in {value!r}")
    lines = [f"HTTP/1.1 {status} {_phrase(status)}", *(f"{name}: {value}" for name, value in said), ""]
    return "\r\n".join(lines).encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Answer"
