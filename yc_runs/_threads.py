"""Work carried out at the same time in threads: how the synchronous client runs the tools of one round."""

from __future__ import annotations

import contextvars
import inspect
import threading
import time
from collections import deque
from collections.abc import Awaitable, Mapping
from queue import Empty, SimpleQueue

from yc_runs._deadline import soonest
from yc_runs.tools.outcomes import Done, Late, Work


def carry_out(
    works: Mapping[int, Work], done: Done, *, concurrency: int, limit: float | None, left: float | None
) -> None:
    """Carry out all of it, at most ``concurrency`` at once, each in at most ``limit`` seconds, all within ``left``.

    One at a time and without a ``limit``, everything runs in the calling thread. Otherwise in threads, which cannot
    be broken off: one whose time is over is left to itself, does not keep the interpreter from ending, and what it
    gives is dropped. A coroutine function runs in an event loop of its own.
    """
    if concurrency > 1 or limit is not None:
        _Threads(works, done, concurrency, soonest(limit, left)).run()
        return
    for place, work in works.items():
        if not done(place, _call(work)):
            return


class _Threads:
    def __init__(self, works: Mapping[int, Work], done: Done, concurrency: int, limit: float | None) -> None:
        self._waiting = deque(works.items())
        self._done = done
        self._concurrency = concurrency
        self._limit = limit
        self._running: dict[int, float | None] = {}
        self._outcomes: SimpleQueue[tuple[int, object]] = SimpleQueue()

    def run(self) -> None:
        while self._waiting or self._running:
            while self._waiting and len(self._running) < self._concurrency:
                self._start(*self._waiting.popleft())
            for place, outcome in self._next():
                if not self._done(place, outcome):
                    return

    def _start(self, place: int, work: Work) -> None:
        self._running[place] = None if self._limit is None else time.monotonic() + self._limit
        in_context = contextvars.copy_context().run
        threading.Thread(target=in_context, args=(self._work, place, work), name="yc_runs tool", daemon=True).start()

    def _work(self, place: int, work: Work) -> None:
        try:
            outcome = _call(work)
        except BaseException as error:
            outcome = _Raise(error)
        self._outcomes.put((place, outcome))

    def _next(self) -> list[tuple[int, object]]:
        """The next outcomes: one that came in, or those whose time is over. One that comes too late is dropped."""
        end = soonest(*self._running.values())
        try:
            place, outcome = self._outcomes.get(timeout=None if end is None else max(0.0, end - time.monotonic()))
        except Empty:
            return [(place, Late(self._limit or 0.0)) for place in self._take_late(time.monotonic())]
        if isinstance(outcome, _Raise):
            raise outcome.error
        if place not in self._running:
            return []
        del self._running[place]
        return [(place, outcome)]

    def _take_late(self, now: float) -> list[int]:
        late = [place for place, end in self._running.items() if end is not None and end <= now]
        for place in late:
            del self._running[place]
        return late


class _Raise:
    """Carries what is no ``Exception``, such as ``KeyboardInterrupt``, to the calling thread."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def _call(work: Work) -> object:
    try:
        value = work()
        if inspect.isawaitable(value):
            import anyio

            return anyio.run(_await, value)
    except Exception as error:
        return error
    return value


async def _await(value: Awaitable[object]) -> object:
    return await value
