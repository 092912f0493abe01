"""Work carried out at the same time in tasks: how the asynchronous client runs the tools of one round."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from typing import Any

import anyio
import anyio.to_thread

from yc_runs._deadline import soonest
from yc_runs.tools.outcomes import Done, Late, Work


async def async_carry_out(
    works: Mapping[int, Work], done: Done, *, concurrency: int, limit: float | None, left: float | None
) -> None:
    """Carry out all of it, at most ``concurrency`` at once, each in at most ``limit`` seconds, all within ``left``.

    What is not a coroutine function runs in a worker thread, so that it does not hold up the event loop. A thread
    cannot be broken off: it is left to itself where its time is over, and what it gives is dropped.
    """
    slots = anyio.Semaphore(concurrency)
    # A limiter of its own: threads left behind must not stand in the way of others.
    threads = anyio.CapacityLimiter(math.inf)
    allowed = soonest(limit, left)
    async with anyio.create_task_group() as group:

        async def one(place: int, work: Work) -> None:
            async with slots:
                outcome = await _call(work, threads, allowed)
            if not done(place, outcome):
                group.cancel_scope.cancel()

        for place, work in works.items():
            group.start_soon(one, place, work)


async def _call(work: Work, threads: anyio.CapacityLimiter, limit: float | None) -> object:
    with anyio.move_on_after(limit):
        try:
            if _is_async(work):
                return await work()
            value = await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=threads)
            return await value if inspect.isawaitable(value) else value
        except Exception as error:
            return error
    return Late(limit or 0.0)


def _is_async(work: Any) -> bool:
    function = getattr(work, "func", work)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004
