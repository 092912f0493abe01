"""Answers that runs were begun with: kept open until somebody listens, and closed where nobody can any more."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yc_runs._async.lease import AsyncLease
    from yc_runs._async.stream import AsyncStream


class AsyncHeld:
    """Holds the answer that a turn was begun with, until a listen reads on in it. At most one at a time.

    Whoever takes it out of the list has it alone, also among threads. ``listens``: how many are going on. ``heard``:
    the index after the last event that any of them gave out. ``broken_off``: the answer that was given out, and is to
    be closed by who reads it.
    """

    def __init__(self, turn: int, stream: AsyncStream[Any] | None) -> None:
        self.listens: int = 0
        self.heard: int = 0
        self.broken_off: AsyncStream[Any] | None = None
        self._given_out: AsyncStream[Any] | None = None
        self._kept = [] if stream is None else [(turn, stream)]

    async def put(self, turn: int, stream: AsyncStream[Any] | None) -> None:
        """Hold the answer that began this turn; what was held before is closed."""
        older, self._kept = self._kept, [] if stream is None else [(turn, stream)]
        await _close(older)

    async def take(self, turn: int) -> AsyncStream[Any] | None:
        """The answer that began this turn, where it is here to be read; that of an older turn is closed."""
        try:
            kept_turn, stream = kept = self._kept.pop()
        except IndexError:
            return None
        if kept_turn == turn and stream.is_here:
            self._given_out = stream
            return stream
        if kept_turn > turn:
            self._kept.append(kept)
        else:
            await _close([kept])
        return None

    async def break_off(self) -> bool:
        """Close the answer, or have it closed by the listen that reads it; False where it is open no more."""
        kept, self._kept = self._kept, []
        self.broken_off = self._given_out
        open_to_us = [stream for stream in (self._given_out, *(held for _, held in kept)) if stream and stream.is_here]
        await _close(kept)
        return bool(open_to_us)

    async def close(self) -> None:
        """Close what is held, unless a listen may still come to it."""
        if not self.listens:
            await self.put(-1, None)

    def __del__(self) -> None:
        # Nobody is left to read it, and nothing can be awaited here.
        for _, stream in self._kept:
            stream.abandon()


async def _close(kept: list[tuple[int, AsyncStream[Any]]]) -> None:
    for _, stream in kept:
        if stream.is_here:
            await stream.close(GeneratorExit())


class AsyncAbandoned:
    """Answers that nobody can read any more. The next call closes them: in a destructor nothing can be awaited.

    Calls of several threads may be at it at the same time.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[AsyncLease, Callable[[], Awaitable[None]]]] = deque()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._waiting)

    def add(self, lease: AsyncLease, close: Callable[[], Awaitable[None]]) -> None:
        """Have ``close`` called by a call of the process and event loop that the client on loan belongs to."""
        self._waiting.append((lease, close))

    async def close(self, place: object) -> None:
        """Close those of this process and event loop; forget those whose client is closed."""
        for _ in range(len(self._waiting)):
            try:
                lease, close = self._waiting.popleft()
            except IndexError:
                # Other calls are at it too.
                return
            if lease.place == place and not lease.is_over:
                await close()
            elif not lease.is_over:
                self._waiting.append((lease, close))
