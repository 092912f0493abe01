"""Clocks whose time passes only when something sleeps on them, or when a test says so."""

from __future__ import annotations

from yc_runs import AsyncClock, Clock

EPOCH = 1_800_000_000.0
"""The wall time at which every fake clock starts, in seconds."""


class _Hands:
    """The time of a fake clock. ``slept`` lists the sleeps; ``luck`` is what the dice show, from 0 up to 1."""

    def __init__(self, luck: float = 0.0) -> None:
        self.time = 1000.0
        self.luck = luck
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return EPOCH + self.time - 1000.0

    def dice(self) -> float:
        return self.luck

    @property
    def passed(self) -> float:
        """Seconds since the clock was made."""
        return self.time - 1000.0

    def advance(self, seconds: float) -> None:
        """Let time pass, as a slow gateway would."""
        self.time += seconds

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class AsyncFakeClock(_Hands, AsyncClock):
    """The fake clock of an ``AsyncClient``."""

    async def sleep(self, seconds: float) -> None:
        self._sleep(seconds)


class FakeClock(_Hands, Clock):
    """The fake clock of a ``Client``."""

    def sleep(self, seconds: float) -> None:
        self._sleep(seconds)
