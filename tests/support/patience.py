"""Waiting, and limits on time, in tests that have to pass on a machine of any speed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType

import anyio
import pytest

HANGING = 300.0
"""Seconds after which a test may say that something hangs; nothing takes so long on a machine that is merely busy."""

LIMITS = (0.1, 0.5, 2.5, 12.5, 60.0)
"""Seconds that ``trials`` give to what is under a limit."""


class Trial:
    """One try of what is under a limit: a ``with`` block that gives the limit, in seconds."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.is_passed = False

    def __enter__(self) -> float:
        return self.limit

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.is_passed = error is None
        return isinstance(error, (Exception, pytest.fail.Exception)) and self.limit < LIMITS[-1]


def trials() -> Iterator[Trial]:
    """Tries under longer and longer limits, until one passes or the longest has failed.

    What a test expects within a limit, a busy machine may do too late; so a failure counts only if it comes each time.
    """
    for limit in LIMITS:
        trial = Trial(limit)
        yield trial
        if trial.is_passed:
            return


def until(condition: Callable[[], bool]) -> None:
    """Give other threads the time they need."""
    ends = time.monotonic() + HANGING
    while not condition():
        assert time.monotonic() < ends, f"it did not come to pass in {HANGING:.0f} s"
        time.sleep(0.001)


async def async_until(condition: Callable[[], bool]) -> None:
    """Give other threads and tasks the time they need."""
    ends = time.monotonic() + HANGING
    while not condition():
        assert time.monotonic() < ends, f"it did not come to pass in {HANGING:.0f} s"
        await anyio.sleep(0.001)
