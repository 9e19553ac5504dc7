"""/site/…: the few addresses of the site that a phone needs, so that it knows one origin. Few at a time, shed first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

import httpx

from yanmen.edge.door import Post
from yanmen.edge.edge import Edge
from yanmen.edge.errors import not_found, overloaded, unavailable, wrong_method
from yanmen.edge.http.messages import Request
from yanmen.edge.shedding import LATE_FORWARD

PREFIX = "/site"
ALLOWED = (
    "/api/health-code/holder/",
    "/api/screening/holder/",
    "/api/screening/devices/",
    "/api/screening/public/",
)
PLAIN = re.compile("(/[A-Za-z0-9_-]+)+/?")
"""No dots, no escapes: what is let through here means the same to whoever reads it behind."""
METHODS = ("GET", "POST")
PASSED_ON = ("accept-language", "authorization", "content-type")
PASSED_BACK = ("content-type", "retry-after", "allow", "cache-control")
SECONDS = 10.0
LARGEST = 1024 * 1024


class SiteDoor(Post):
    """Hands a request on and the answer back."""

    name = "site"
    path = "/site/"
    most = 64 * 1024
    foreign = True

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self._places = asyncio.Semaphore(edge.limits.forward)
        self._client: httpx.AsyncClient | None = None

    def admit(self, request: Request) -> None:
        """Whether this goes to the site at all, and now."""
        path = request.path.removeprefix(PREFIX)
        if not self.edge.settings.site or not path.startswith(ALLOWED) or not PLAIN.fullmatch(path):
            raise not_found(request.path)
        if request.method not in METHODS:
            raise wrong_method(", ".join(METHODS))
        self.from_network(request)
        if request.method == "POST":
            super().admit(request)
        if self._places.locked() or self.edge.pressure.late > LATE_FORWARD or self._busy():
            raise overloaded()

    def _busy(self) -> bool:
        """While check-ins queue up, nothing is forwarded."""
        return self.edge.writer.waiting > self.edge.limits.queue // 4

    def handle(self, request: Request, body: bytes) -> Coroutine[Any, Any, None]:
        return self._hand_on(request, body)

    async def _hand_on(self, request: Request, body: bytes) -> None:
        try:
            async with self._places:
                answer = await self._forward(request, body)
            headers = tuple((name, answer.headers[name]) for name in PASSED_BACK if name in answer.headers)
            self.send(request, answer.status_code, headers, answer.content)
        except Exception as reason:
            self.refuse(request, reason)

    async def _forward(self, request: Request, body: bytes) -> httpx.Response:
        if self._client is None:
            # A connection for each: one that the site has just closed would answer nothing.
            self._client = httpx.AsyncClient(
                base_url=self.edge.settings.site,
                timeout=SECONDS,
                follow_redirects=False,
                trust_env=False,
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
        headers["x-forwarded-for"] = str(self.caller(request) or request.client)
        headers["x-forwarded-proto"] = request.scheme
        query = f"?{request.query_string}" if request.query_string else ""
        try:
            answer = await self._client.request(
                request.method, request.path.removeprefix(PREFIX) + query, content=body, headers=headers
            )
        except httpx.HTTPError as fault:
            raise unavailable("后台暂时无法访问，请稍后再试。", "The site does not answer. Try again.", 10) from fault
        if answer.status_code >= 500 or len(answer.content) > LARGEST:
            raise unavailable("后台出错，请稍后再试。", "Something is wrong with the site. Try again.", 10)
        return answer

    async def close(self) -> None:
        """Close connections to the site."""
        if self._client is not None:
            await self._client.aclose()
