"""The answer that a run's turn was begun with, kept open until somebody listens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yc_runs._async.stream import AsyncStream


class AsyncHeld:
    """Holds the answer that a turn was begun with, until a listen reads on in it. At most one at a time."""

    def __init__(self, turn: int, stream: AsyncStream[Any] | None) -> None:
        self._turn = turn
        self._stream = stream

    async def put(self, turn: int, stream: AsyncStream[Any] | None) -> None:
        """Hold the answer that began this turn; what was held before is closed."""
        await self.close()
        self._turn, self._stream = turn, stream

    async def take(self, turn: int) -> AsyncStream[Any] | None:
        """The answer that began this turn, where it is here to be read; that of an older turn is closed."""
        if self._turn > turn:
            return None
        stream = self._stream if self._turn == turn and self._stream and self._stream.is_here else None
        if stream is not None:
            self._stream = None
        await self.close()
        return stream

    async def close(self) -> None:
        """Close what is held."""
        stream, self._stream = self._stream, None
        if stream is not None and stream.is_here:
            await stream.close(GeneratorExit())

    def __del__(self) -> None:
        # Nobody is left to read it, and nothing can be awaited here.
        if self._stream is not None:
            self._stream.abandon()
