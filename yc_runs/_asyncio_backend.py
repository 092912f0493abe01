"""Sockets of asyncio for httpcore, in place of anyio's: see ``_asyncio_protocol`` for why."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
import sys
from collections.abc import Iterable
from typing import Any
from weakref import WeakSet

import anyio
import httpcore

from yc_runs._asyncio_connect import connect
from yc_runs._asyncio_protocol import StreamProtocol


class AsyncioStream(httpcore.AsyncNetworkStream):
    """One connection. ``timeout`` is in seconds."""

    def __init__(self, protocol: StreamProtocol) -> None:
        self._protocol = protocol

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read at most so many bytes. Raises ``httpcore.ReadError``, ``httpcore.ReadTimeout``."""
        return await self._protocol.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of the bytes. Raises ``httpcore.WriteError``, ``httpcore.WriteTimeout``."""
        await self._protocol.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the socket at once; whoever is reading from it is woken."""
        self._protocol.abort()
        # The loop closes the socket in its next round.
        await asyncio.sleep(0)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted. Raises ``httpcore.ConnectError``, ``httpcore.ConnectTimeout``."""
        protocol = self._protocol
        start = asyncio.get_running_loop().start_tls
        try:
            protocol.check_before_tls()
            with anyio.fail_after(timeout):
                transport = await start(protocol.transport, protocol, ssl_context, server_hostname=server_hostname)
            if transport is None:
                raise ConnectionResetError("the connection was lost in the TLS handshake")
        except OSError as error:
            _give_up(protocol)
            raise _as_connecting(error) from error
        except BaseException:
            _give_up(protocol)
            raise
        protocol.connection_made(transport)
        return self

    def get_extra_info(self, info: str) -> Any:
        """What the socket knows of itself: ``"socket"``, ``"ssl_object"``, ``"is_readable"`` and the addresses."""
        transport = self._protocol.transport
        if info == "is_readable":
            is_known = self._protocol.is_over or self._protocol.has_pieces
            return is_known or _is_readable(transport.get_extra_info("socket"))
        return transport.get_extra_info({"client_addr": "sockname", "server_addr": "peername"}.get(info, info))


class AsyncioBackend(httpcore.AsyncNetworkBackend):
    """Opens connections."""

    def __init__(self) -> None:
        self._connecting: set[socket.socket] = set()
        self._opened: WeakSet[StreamProtocol] = WeakSet()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host. Raises ``httpcore.ConnectError``, ``httpcore.ConnectTimeout``."""
        try:
            with anyio.fail_after(timeout):
                protocol = await connect(host, port, socket_options or (), self._connecting)
        except OSError as error:
            raise _as_connecting(error) from error
        self._opened.add(protocol)
        return AsyncioStream(protocol)

    def drop(self) -> None:
        """Close all sockets here and now: their loop is closed, or belongs to another process."""
        for raw in tuple(self._connecting):
            raw.close()
        for protocol in tuple(self._opened):
            protocol.drop()


def _give_up(protocol: StreamProtocol) -> None:
    """Close a connection amid its TLS handshake."""
    if sys.version_info < (3, 11):
        # CPython 3.10 complains of a transport that nobody was given yet, unless it is closed itself.
        encrypted = getattr(protocol.transport.get_protocol(), "_app_transport", None)
        if encrypted is not None:
            encrypted.abort()
    protocol.abort()


def _as_connecting(error: OSError) -> Exception:
    """The error for one that came up while a connection was made."""
    if isinstance(error, TimeoutError):
        return httpcore.ConnectTimeout(str(error) or "the call's time is over")
    return httpcore.ConnectError(str(error) or f"the peer ended it ({type(error).__name__})")


def _is_readable(raw: socket.socket | None) -> bool:
    """Whether something waits in the socket that the loop has not seen yet: on an idle connection, its end."""
    if raw is None or raw.fileno() < 0:
        # The loop has closed it, and tells of that in its next round.
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([raw.fileno()], [], [], 0)[0])
    poll = select.poll()
    poll.register(raw.fileno(), select.POLLIN)
    return bool(poll.poll(0))
