"""One renewal under way, and the many who wait for its end: threads, asyncio tasks and trio tasks alike.

A flight belongs to no event loop. Each waiter leaves a function that wakes it, callable from any thread; whoever ends
the flight calls them all. A waiter that is cancelled takes its function back.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

import sniffio

if TYPE_CHECKING:
    import asyncio

    import trio

T = TypeVar("T")


class Flight(Generic[T]):
    """A one-time event that carries an ``outcome``: None until it is over, or where it was given up."""

    def __init__(self) -> None:
        # Reentrant: the garbage collector may end an abandoned flow, and with it a flight, at any instruction.
        self._lock = threading.RLock()
        self._wakers: list[Callable[[], None]] = []
        self._process = os.getpid()
        self._started = time.monotonic()
        self.over = False
        self.outcome: T | None = None

    @property
    def age(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    @property
    def orphaned(self) -> bool:
        """Whether it began before a fork, in the other process: its end will never be seen here."""
        return self._process != os.getpid()

    def land(self, outcome: T | None) -> None:
        """End the flight and wake all who wait. Later calls change nothing."""
        with self._lock:
            if self.over:
                return
            self.over, self.outcome = True, outcome
            wakers, self._wakers = self._wakers, []
        for wake in wakers:
            wake()

    def wait(self, patience: float) -> None:
        """Block this thread until the flight is over, at most ``patience`` seconds."""
        over = threading.Event()
        if self._subscribe(over.set):
            try:
                over.wait(patience)
            finally:
                self._unsubscribe(over.set)

    async def async_wait(self, patience: float) -> None:
        """Suspend this task until the flight is over, at most ``patience`` seconds."""
        bell = _TrioBell() if sniffio.current_async_library() == "trio" else _AsyncioBell()
        if self._subscribe(bell.ring):
            try:
                await bell.wait(patience)
            finally:
                self._unsubscribe(bell.ring)

    def _subscribe(self, wake: Callable[[], None]) -> bool:
        with self._lock:
            if not self.over:
                self._wakers.append(wake)
            return not self.over

    def _unsubscribe(self, wake: Callable[[], None]) -> None:
        with self._lock:
            if wake in self._wakers:
                self._wakers.remove(wake)


class _AsyncioBell:
    """Wakes one asyncio task, from any thread."""

    def __init__(self) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._rung: asyncio.Future[None] = self._loop.create_future()

    def ring(self) -> None:
        # The waiter's loop may be closed, and the waiter gone with it.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._finish)

    async def wait(self, patience: float) -> None:
        timer = self._loop.call_later(patience, self._finish)
        try:
            await self._rung
        finally:
            timer.cancel()

    def _finish(self) -> None:
        if not self._rung.done():
            self._rung.set_result(None)


class _TrioBell:
    """Wakes one trio task, from any thread."""

    def __init__(self) -> None:
        import trio

        self._trio = trio
        self._token: trio.lowlevel.TrioToken = trio.lowlevel.current_trio_token()
        self._rung = trio.Event()

    def ring(self) -> None:
        # The waiter's run may be over, and the waiter gone with it.
        with contextlib.suppress(self._trio.RunFinishedError):
            self._token.run_sync_soon(self._rung.set)

    async def wait(self, patience: float) -> None:
        with self._trio.move_on_after(patience):
            await self._rung.wait()
