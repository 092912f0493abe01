# Generated from yc_runs/_async/held.py by tools/generate_sync.py; do not edit.
"""Answers that runs were begun with: kept open until somebody listens, and closed where nobody can any more."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yc_runs._sync.lease import Lease
    from yc_runs._sync.stream import Stream


class Held:
    """Holds the answer that a turn was begun with, until a listen reads on in it. At most one at a time.

    Whoever takes it out of the list has it alone, also among threads. ``listens``: how many are going on. ``heard``:
    the index after the last event that any of them gave out. ``broken_off``: the answer that was given out, and is to
    be closed by who reads it.
    """

    def __init__(self, turn: int, stream: Stream[Any] | None) -> None:
        self.listens: int = 0
        self.heard: int = 0
        self.broken_off: Stream[Any] | None = None
        self._given_out: Stream[Any] | None = None
        self._kept = [] if stream is None else [(turn, stream)]

    def put(self, turn: int, stream: Stream[Any] | None) -> None:
        """Hold the answer that began this turn; what was held before is closed."""
        older, self._kept = self._kept, [] if stream is None else [(turn, stream)]
        _close(older)

    def take(self, turn: int) -> Stream[Any] | None:
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
            _close([kept])
        return None

    def break_off(self) -> bool:
        """Close the answer, or have it closed by the listen that reads it; False where it is open no more."""
        kept, self._kept = self._kept, []
        self.broken_off = self._given_out
        open_to_us = [stream for stream in (self._given_out, *(held for _, held in kept)) if stream and stream.is_here]
        _close(kept)
        return bool(open_to_us)

    def close(self) -> None:
        """Close what is held, unless a listen may still come to it."""
        if not self.listens:
            self.put(-1, None)

    def __del__(self) -> None:
        # Nobody is left to read it, and nothing can be awaited here.
        for _, stream in self._kept:
            stream.abandon()


def _close(kept: list[tuple[int, Stream[Any]]]) -> None:
    for _, stream in kept:
        if stream.is_here:
            stream.close(GeneratorExit())


class Abandoned:
    """Answers that nobody can read any more. The next call closes them: in a destructor nothing can be awaited.

    Calls of several threads may be at it at the same time.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[Lease, Callable[[], None]]] = deque()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._waiting)

    def add(self, lease: Lease, close: Callable[[], None]) -> None:
        """Have ``close`` called by a call of the process and event loop that the client on loan belongs to."""
        self._waiting.append((lease, close))

    def close(self, place: object) -> None:
        """Close those of this process and event loop; forget those whose client is closed."""
        for _ in range(len(self._waiting)):
            try:
                lease, close = self._waiting.popleft()
            except IndexError:
                # Other calls are at it too.
                return
            if lease.place == place and not lease.is_over:
                close()
            elif not lease.is_over:
                self._waiting.append((lease, close))
