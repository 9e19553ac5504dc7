"""Worker processes on one port: each has a socket of its own there, who dies is replaced, and all end together."""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from yanmen.edge.http.messages import Application
from yanmen.edge.http.server import Bounds, Server, secured

KILL_AFTER = 15.0
"""Seconds between asking a worker to end and killing it."""

LIVED = 1.0
"""Seconds that a worker has to live for its successor to start at once."""

ENDS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, kw_only=True)
class Served:
    """What is served where. ``application`` is called in each worker, after the fork."""

    application: Callable[[], Application]
    host: str
    port: int
    workers: int = 1
    certificate: Path | None = None
    private_key: Path | None = None
    bounds: Bounds = field(default_factory=Bounds)


class Supervisor:
    """The process above the workers. It serves nobody."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._sockets = [_listener(served.host, served.port) for _ in range(served.workers)]
        self._workers: dict[int, int] = {}
        self._started: dict[int, float] = {}
        self._ending = False

    def run(self) -> int:
        """Serve until told to stop; 0 when every worker ended by itself."""
        ear, mouth = socket.socketpair()
        mouth.setblocking(False)
        signal.set_wakeup_fd(mouth.fileno(), warn_on_full_buffer=False)
        for each in (*ENDS, signal.SIGCHLD):
            signal.signal(each, self._hear)
        for number in range(self._served.workers):
            self._start(number)
        with selectors.DefaultSelector() as selector:
            selector.register(ear, selectors.EVENT_READ)
            while not self._ending:
                if selector.select(timeout=1.0):
                    ear.recv(512)
                self._replace(self._ended())
            return self._end(selector, ear)

    def _hear(self, number: int, _: object) -> None:
        self._ending = self._ending or number in ENDS

    def _start(self, number: int) -> None:
        """Fork a worker. Nothing is imported yet that has threads."""
        pid = os.fork()
        if not pid:
            try:
                signal.set_wakeup_fd(-1)
                for each in (*ENDS, signal.SIGCHLD):
                    signal.signal(each, signal.SIG_DFL)
                work(self._served, self._sockets[number])
                os._exit(0)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
        self._workers[pid] = number
        self._started[pid] = time.monotonic()

    def _ended(self) -> list[int]:
        """Workers that are no more."""
        ended = []
        while self._workers:
            with suppress(ChildProcessError):
                pid, _ = os.waitpid(-1, os.WNOHANG)
                if pid in self._workers:
                    ended.append(pid)
                    continue
            break
        return ended

    def _replace(self, ended: list[int]) -> None:
        for pid in ended:
            number = self._workers.pop(pid)
            if time.monotonic() - self._started.pop(pid) < LIVED:
                time.sleep(LIVED)
            if not self._ending:
                self._start(number)

    def _end(self, selector: selectors.BaseSelector, ear: socket.socket) -> int:
        """Let a successor have the port, ask all to end, and do not wait for ever."""
        for each in self._sockets:
            each.close()
        for pid in self._workers:
            os.kill(pid, signal.SIGTERM)
        killed, end = False, time.monotonic() + KILL_AFTER
        while self._workers:
            if selector.select(timeout=0.2):
                ear.recv(512)
            for pid in self._ended():
                del self._workers[pid]
            if not killed and time.monotonic() > end:
                killed = True
                for pid in self._workers:
                    os.kill(pid, signal.SIGKILL)
        return int(killed)


def work(served: Served, listener: socket.socket) -> None:
    """One worker, until it is told to stop."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(served, listener))


async def _serve(served: Served, listener: socket.socket) -> None:
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in ENDS:
        loop.add_signal_handler(each, told.set)
    application = served.application()
    await application.start()
    server = Server(application, served.bounds)
    await server.open(listener, secured(served.certificate, served.private_key))
    await told.wait()
    await server.close()
    await application.stop()


def _listener(host: str, port: int) -> socket.socket:
    """A socket on a port that others may share: a second worker, or a successor that starts before this one ends."""
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(address)
    listener.setblocking(False)
    return listener
