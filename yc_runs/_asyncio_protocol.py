"""What comes in on a connection of asyncio, read ahead, and the waiting for it.

Around each read anyio turns the selector's interest on and off, sets and drops a timer, and goes once more around the
loop: a quarter of what an event of a stream costs. Here the transport reads ahead, up to a limit, and one timer serves
many waits: it is set anew where it fires too early, not for each of them. And it reads into a buffer of ours: into its
own asyncio would map 256 KiB of fresh memory for each read.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from contextlib import suppress
from typing import cast

import httpcore

_READ_AHEAD = 256 * 1024
"""How many bytes that nobody has asked for yet are taken from the socket."""


_BUFFER = 16 * 1024
"""Bytes that are read at most at a time, at first: events and runs are small, and connections may be many."""

_LARGE_BUFFER = 64 * 1024
"""The same, once so many were there. httpcore takes no more at a time."""

_RECORD = 16 * 1024
"""Bytes that a record of TLS holds at most."""


class StreamProtocol(asyncio.BufferedProtocol):
    """What has come in and was not read yet, and whoever waits for more. One reader and one writer at a time."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.is_over: bool = False
        self._loop = asyncio.get_running_loop()
        self._process = os.getpid()
        self._error: Exception | None = None
        self._buffer = memoryview(bytearray(_BUFFER))
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._is_paused = False
        self._is_gone = False
        self._lowest: asyncio.BaseTransport | None = None
        self._reader = _Waiter(self._loop, httpcore.ReadTimeout)
        self._writer = _Waiter(self._loop, httpcore.WriteTimeout)
        self._may_write = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with a transport, or go on with the one that encrypts it."""
        # Those of uvloop are such transports in all but name.
        self.transport = cast("asyncio.Transport", transport)
        if self._lowest is None:
            self._lowest = transport
        # Whatever waits to be sent holds back the writer. With a limit of 0, TLS would hold it back for nothing at all.
        self.transport.set_write_buffer_limits(high=1, low=0)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Where to put what comes in.

        asyncio's TLS says how much it holds, fills the buffer once, and forgets the rest if the peer has ended the
        connection by then. It does not count the record that OpenSSL has a part of.
        """
        if sizehint > 0 and sizehint + _RECORD > len(self._buffer):
            self._buffer = memoryview(bytearray((sizehint // _RECORD + 2) * _RECORD))
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Keep what has come in."""
        self._pieces.append(bytes(self._buffer[:nbytes]))
        self._size += nbytes
        if nbytes == len(self._buffer) < _LARGE_BUFFER:
            self._buffer = memoryview(bytearray(_LARGE_BUFFER))
        if self._size > _READ_AHEAD and not self._is_paused:
            self._is_paused = True
            self.transport.pause_reading()
        self._reader.wake()

    def eof_received(self) -> None:
        """Let the transport close: the peer has said all, and nothing that is sent now would be answered."""
        self.is_over = True
        self._reader.wake()
        self._writer.wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._is_gone = True
        self._end(exc)

    def pause_writing(self) -> None:
        """Hold back the writer until all is sent."""
        self._may_write = False

    def resume_writing(self) -> None:
        """Let the writer go on."""
        self._may_write = True
        self._writer.wake()

    def abort(self) -> None:
        """Close the socket, in the next round of the loop; whoever waits is told now."""
        self._end(ConnectionAbortedError("the connection was closed"))
        if self._is_gone:
            # CPython 3.10 takes a TLS transport for open until it is closed here too.
            self.transport.close()
        else:
            self.transport.abort()

    def drop(self) -> None:
        """Close the socket though the loop is closed, or another process's. Nothing is said to the peer."""
        if self._is_gone:
            return
        # Before the rest, in which TLS has nobody told, and the call that was left here may be collected.
        self._is_gone = True
        # A forked child shares the selector of its parent, and must not have it forget the socket.
        if self._process == os.getpid():
            with suppress(RuntimeError):
                self.transport.abort()
        # asyncio leaves the rest to the loop's next round, which does not come, and has no public way to it.
        lose = getattr(self._lowest, "_call_connection_lost", None)
        # Under TLS that may be done already, in the last round that there was, and have told nobody here.
        if lose is not None and self._lowest is not None and self._lowest.get_protocol() is not None:
            with suppress(RuntimeError):
                lose(None)
        if self.transport is not self._lowest:
            # As in ``abort``.
            with suppress(RuntimeError):
                self.transport.close()

    def _end(self, error: Exception | None) -> None:
        """Let no more come in. ``error`` is why; what has come in before it is read first."""
        self.is_over = True
        self._error = self._error or error
        self._reader.wake()
        self._writer.wake()
        self._reader.drop_timer()
        self._writer.drop_timer()

    @property
    def has_pieces(self) -> bool:
        """Whether something has come in that was not read."""
        return bool(self._pieces)

    def check_before_tls(self) -> None:
        """Raise ``ConnectionError`` where TLS cannot begin any more.

        What has come in so far would be read as if it had been encrypted: whoever sits on the way could answer for the
        peer. And of a connection that has ended asyncio would wait for the handshake all the same.
        """
        if self._pieces:
            raise ConnectionAbortedError("the peer sent something before TLS had begun")
        if self._is_lost:
            raise ConnectionResetError("the connection was lost before the TLS handshake")

    async def read(self, most: int, limit: float | None) -> bytes:
        """At most so many bytes, as soon as there are any; none at the end. ``limit``: seconds to wait."""
        while not (self._pieces or self.is_over):
            await self._reader.wait(limit)
        if self._pieces:
            return self._take(most)
        if self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        return b""

    def _take(self, most: int) -> bytes:
        piece = self._pieces.popleft()
        if len(piece) > most:
            self._pieces.appendleft(piece[most:])
            piece = piece[:most]
        self._size -= len(piece)
        if self._is_paused and not self._pieces:
            self._is_paused = False
            if not self._is_lost:
                self.transport.resume_reading()
        return piece

    async def write(self, data: bytes, limit: float | None) -> None:
        """Send all of it. ``limit``: seconds to wait."""
        if not self._is_lost:
            self.transport.write(data)
        while not (self._may_write or self._is_lost):
            await self._writer.wait(limit)
        if self._is_lost:
            raise httpcore.WriteError(str(self._error or "the connection is closed")) from self._error

    @property
    def _is_lost(self) -> bool:
        return self.is_over or self.transport.is_closing()


class _Waiter:
    """Waits for one thing at a time, with a timer that outlives the waiting."""

    def __init__(self, loop: asyncio.AbstractEventLoop, late: type[Exception]) -> None:
        self._loop = loop
        self._late = late
        self._future: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ends: float | None = None

    async def wait(self, limit: float | None) -> None:
        """Wait until woken, at most so many seconds."""
        self._future = self._loop.create_future()
        self._ends = None if limit is None else self._loop.time() + limit
        if self._ends is not None and (self._timer is None or self._timer.when() > self._ends):
            self._set_timer(self._ends)
        try:
            await self._future
        finally:
            self._future = None

    def wake(self) -> None:
        """End the wait, where there is one."""
        if self._future is not None and not self._future.done():
            self._future.set_result(None)

    def drop_timer(self) -> None:
        """Leave nothing in the loop."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self, when: float) -> None:
        self.drop_timer()
        self._timer = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._future is None or self._future.done() or self._ends is None:
            return
        if self._ends > self._loop.time():
            self._set_timer(self._ends)
        else:
            self._future.set_exception(self._late("the call's time is over"))
