"""The answer that a run's turn was begun with, kept open until somebody listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yc_runs._async.stream import AsyncStream


class AsyncHeld:
    """Holds the answer that a turn was begun with, until a listen reads on in it. At most one at a time.

    Whoever takes it out of the list has it alone, also among threads. ``listens``: how many are going on.
    """

    def __init__(self, turn: int, stream: AsyncStream[Any] | None) -> None:
        self.listens: int = 0
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
            return stream
        if kept_turn > turn:
            self._kept.append(kept)
        else:
            await _close([kept])
        return None

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
