"""Serves a gateway on a socket: in a thread for as long as a block lasts, or in this one until it is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from yc_runs._arguments.checks import text, whole
from yc_runs.testing._breaking import BREAK, Break
from yc_runs.testing._sending import CLOSING

if TYPE_CHECKING:
    from yc_runs.testing.gateway import LocalGateway

GRACE = 1.0
"""Seconds that connections get to end when the server stops."""


_RESET = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
"""SO_LINGER for a connection whose end is a reset."""


class _Connection(H11Protocol):
    """A connection that the app can break."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._served = self.app
        self.app = self._serve

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        await self._served({**scope, BREAK: self._break}, receive, send)

    def _break(self, how: Break) -> None:
        # A connection that is there can no more be refused; a reset comes nearest.
        if how == "closed":
            self.transport.close()
            return
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.transport.abort()


class _Closable:
    """Tells the app's open streams when the server is about to stop."""

    def __init__(self, gateway: LocalGateway) -> None:
        self._app: ASGIApp = gateway.app
        self._wake = gateway.wake
        self._flag = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app({**scope, CLOSING: self._flag.is_set}, receive, send)

    def close(self) -> None:
        self._flag.set()
        self._wake()


class _Server(uvicorn.Server):
    """A uvicorn server that says when it is up, and stops at once instead of at the next tick."""

    def __init__(self, gateway: LocalGateway) -> None:
        self._closable = _Closable(gateway)
        super().__init__(
            uvicorn.Config(
                self._closable,
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                # Longer than any test: a connection closed under a request in flight is nobody's wish here.
                timeout_keep_alive=60,
                loop="asyncio",
                http=_Connection,
            )
        )
        self.up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def stop(self) -> None:
        """Make the server end; from any thread."""
        if self._loop is not None and self._stopping is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stopping.set)

    async def main_loop(self) -> None:
        """Serve until ``stop``, or until a signal has set ``should_exit``."""
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self.up.set()
        count = 0
        while not await self.on_tick(count) and not self._stopping.is_set():
            count += 1
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), timeout=0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End open streams, close idle connections, and wait for the rest for ``GRACE`` seconds."""
        self._closable.close()
        for server in self.servers:
            server.close()
        deadline = asyncio.get_running_loop().time() + GRACE
        while self.server_state.connections and asyncio.get_running_loop().time() < deadline:
            for connection in list(self.server_state.connections):
                connection.shutdown()
            await asyncio.sleep(0.005)
        for task in list(self.server_state.tasks):
            task.cancel()
        for sock in sockets or []:
            sock.close()


@contextlib.contextmanager
def serve_in_thread(gateway: LocalGateway, host: str, port: int) -> Iterator[str]:
    """Serve ``gateway`` while the block lasts; gives its URL. Raises OSError if the address cannot be had."""
    with _listen(host, port) as sock:
        url = url_of(sock)
        server = _Server(gateway)
        thread = threading.Thread(target=server.run, args=([sock],), name=f"gateway {url}", daemon=True)
        thread.start()
        try:
            while thread.is_alive() and not server.up.wait(0.05):
                pass
            if not server.up.is_set():
                raise RuntimeError(f"the gateway's server at {url} did not start")
            yield url
        finally:
            server.stop()
            thread.join()


def serve_forever(gateway: LocalGateway, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serve ``gateway`` until SIGINT or SIGTERM; port 0 takes a free one. Raises OSError if the address is taken.

    Prints the URL on a line of its own, once connections are accepted.
    """
    with _listen(host, port) as sock:
        print(url_of(sock), flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            _Server(gateway).run(sockets=[sock])


def url_of(sock: socket.socket) -> str:
    """Give the URL that leads to a listening socket."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    text("host", host)
    if whole("port", port) > 65535:
        raise ValueError(f"port: {port} is above 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's algorithm, which costs 40 ms an answer, only where the protocol is named.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(1024)
    except BaseException:
        sock.close()
        raise
    return sock
