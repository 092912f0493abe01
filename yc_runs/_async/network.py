"""The sockets under httpx: every read and write ends with its call's deadline, and dead peers are found out."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore

from yc_runs._deadline import time_left
from yc_runs._settings import LazyContext

_KEEPALIVE: tuple[tuple[int, int, int], ...] = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *(
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 4))
        if hasattr(socket, name)
    ),
)

IDLE_EXPIRY = 15.0
"""Seconds after which a connection that nobody uses is closed."""

# sync: _PIECE = 64 * 1024


class AsyncDeadlineStream(httpcore.AsyncNetworkStream):
    """A socket that knows the deadline of the call it serves.

    httpx's own limits are for each read alone: a peer that drips a byte now and then could hold a call for ever.
    """

    keeps_deadlines = True

    def __init__(self, inner: httpcore.AsyncNetworkStream, is_closed: Callable[[], bool]) -> None:
        self._inner = inner
        self._is_closed = is_closed
        self._process = os.getpid()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read at most so many bytes. Raises ``httpcore.ReadTimeout`` when the deadline has come."""
        limit = time_left(timeout)
        if limit is not None and limit <= 0:
            raise httpcore.ReadTimeout("the call's time is over")
        if self._is_closed():
            # The client was closed while this connection was being made: nobody else will end it.
            raise httpcore.ReadError("the client is closed")
        try:
            return await self._inner.read(max_bytes, limit)
        except ssl.SSLError as error:
            # With TLS 1.3 a peer refuses a certificate after the handshake, which anyio does not translate.
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of the bytes. Raises ``httpcore.WriteTimeout`` when the deadline has come."""
        # async-only
        await self._write(buffer, timeout)
        # end async-only
        # A blocking socket has its limit for as much as it takes at once, again and again.
        # sync: for start in range(0, len(buffer), _PIECE):
        # sync:     self._write(buffer[start : start + _PIECE], timeout)

    async def _write(self, buffer: bytes, timeout: float | None) -> None:
        limit = time_left(timeout)
        if limit is not None and limit <= 0:
            raise httpcore.WriteTimeout("the call's time is over")
        try:
            await self._inner.write(buffer, limit)
        except ssl.SSLError as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close the socket; whoever is reading from it is woken."""
        # sync: self._wake_reader()
        await self._inner.aclose()

    def _wake_reader(self) -> None:
        """End a read that another thread is in: closing alone would leave it hanging."""
        raw = self._inner.get_extra_info("socket")
        # A forked child shares the connection with its parent, and must not end the parent's.
        if isinstance(raw, socket.socket) and self._process == os.getpid():
            with suppress(OSError):
                socket.socket.shutdown(raw, socket.SHUT_RDWR)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """The same connection, encrypted. Raises ``httpcore.ConnectTimeout`` when the deadline has come."""
        limit = time_left(timeout)
        try:
            if limit is not None and limit <= 0:
                raise httpcore.ConnectTimeout("the call's time is over")
            if isinstance(ssl_context, LazyContext):
                # What fails within a handshake, asyncio of CPython 3.10 writes to the log besides.
                ssl_context.load()
            stream = await self._inner.start_tls(ssl_context, server_hostname, limit)
        except BaseException:
            # httpcore does so after an error, but not where the call was cancelled.
            await self._inner.aclose()
            raise
        return await _unless_closed(stream, self._is_closed)

    def get_extra_info(self, info: str) -> Any:
        """What the socket knows of itself."""
        return self._inner.get_extra_info(info)


class AsyncDeadlineBackend(httpcore.AsyncNetworkBackend):
    """Opens the sockets: with TCP keep-alive, and aware of deadlines."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend, is_closed: Callable[[], bool]) -> None:
        self._inner = inner
        self._is_closed = is_closed

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host. Raises ``httpcore.ConnectTimeout`` when the deadline has come."""
        options = (*_KEEPALIVE, *(socket_options or ()))
        limit = time_left(timeout)
        if limit is not None and limit <= 0:
            # To a blocking socket a limit of 0 means something else.
            raise httpcore.ConnectTimeout("the call's time is over")
        stream = await self._inner.connect_tcp(host, port, limit, local_address, options)
        return await _unless_closed(stream, self._is_closed)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a socket of this machine."""
        stream = await self._inner.connect_unix_socket(path, time_left(timeout), socket_options)
        return await _unless_closed(stream, self._is_closed)

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        await self._inner.sleep(seconds)

    # async-only
    def drop(self) -> None:
        """Close all sockets here and now, where nothing can be waited for: their event loop is closed."""
        drop = getattr(self._inner, "drop", None)
        if drop is not None:
            drop()

    # end async-only


async def _unless_closed(stream: httpcore.AsyncNetworkStream, is_closed: Callable[[], bool]) -> AsyncDeadlineStream:
    """A connection that was made now. Where the client was closed meanwhile it is closed: nobody else would do so."""
    if is_closed():
        await stream.aclose()
        raise httpcore.ConnectError("the client is closed")
    return AsyncDeadlineStream(stream, is_closed)
