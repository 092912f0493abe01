"""Wakes listeners that sleep in any event loop, of asyncio or trio, from any thread."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

import anyio
import sniffio


class Waiter:
    """One sleeper. Made, and waited with, in its own event loop."""

    def __init__(self) -> None:
        self._event = anyio.Event()
        self._schedule = _scheduler()

    async def wait(self, seconds: float | None) -> None:
        """Sleep until woken, or for ``seconds``. A wake-up that came since the last sleep counts."""
        with anyio.move_on_after(seconds):
            await self._event.wait()
        self._event = anyio.Event()

    def wake(self) -> None:
        """End the sleep, or the next one. From any thread; also after the event loop has ended."""
        with contextlib.suppress(RuntimeError):
            self._schedule(lambda: self._event.set())


class Bell:
    """Who waits for what."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiters: dict[str, set[Waiter]] = {}

    @contextlib.contextmanager
    def listening(self, topic: str) -> Iterator[Waiter]:
        """Give a waiter that every ``ring`` for ``topic`` wakes."""
        waiter = Waiter()
        with self._lock:
            self._waiters.setdefault(topic, set()).add(waiter)
        try:
            yield waiter
        finally:
            with self._lock:
                self._waiters[topic].discard(waiter)
                if not self._waiters[topic]:
                    del self._waiters[topic]

    def ring(self, topic: str | None = None) -> None:
        """Wake those who wait for ``topic``; everybody if it is None."""
        with self._lock:
            groups = list(self._waiters.values()) if topic is None else [self._waiters.get(topic, set())]
            waiters = [waiter for group in groups for waiter in group]
        for waiter in waiters:
            waiter.wake()


def _scheduler() -> Callable[[Callable[[], object]], object]:
    # Errors of a loop that has ended are RuntimeError in both; trio's RunFinishedError is one.
    if sniffio.current_async_library() == "trio":
        import trio

        return trio.lowlevel.current_trio_token().run_sync_soon
    import asyncio

    return asyncio.get_running_loop().call_soon_threadsafe
