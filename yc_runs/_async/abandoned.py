"""Answers that were held, and that nobody is there any more to read."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from yc_runs._async.lease import AsyncLease


class AsyncAbandoned:
    """They wait to be closed by the next call: where they were left, such as in a destructor, nothing can be awaited.

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
