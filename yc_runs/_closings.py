"""Closing what a call leaves behind, though the call is cancelled again and again, or its event loop ends (asyncio)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable


class Closings:
    """The closings of one event loop that are under way.

    Each has a task of its own. The end of a loop finds a generator that was dropped in the middle of something, and
    CPython before 3.13 closes it twice: what it awaits is broken off then, once it awaits anything.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def see_through(self, close: Callable[[], Awaitable[None]]) -> None:
        """Wait until ``close`` is done. Who waits may be cancelled; the closing goes on. Its errors are dropped."""
        await asyncio.wait({self.start(close)})

    def start(self, close: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        """Begin to close; the task is to be awaited, or left alone."""
        has_begun = False

        async def carry_out() -> None:
            nonlocal has_begun
            has_begun = True
            await close()

        def over(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if not has_begun:
                # A task that is cancelled before its first step does nothing at all.
                self.start(close)
            elif not task.cancelled():
                task.exception()

        task = asyncio.get_running_loop().create_task(carry_out())
        self._tasks.add(task)
        task.add_done_callback(over)
        return task

    async def wait(self) -> None:
        """Wait for all but the task that asks. What begins in the same moment counts too."""
        await asyncio.sleep(0)
        while others := self._tasks - {asyncio.current_task()}:
            await asyncio.wait(others)


async def wait_for(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Wait for those of this event loop. Who waits may be cancelled; they go on."""
    loop = asyncio.get_running_loop()
    if here := {task for task in tuple(tasks) if task.get_loop() is loop}:
        await asyncio.wait(here)
