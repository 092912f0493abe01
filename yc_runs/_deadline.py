"""How much time a call has left. The time is passed in; only ``time_left`` asks the clock of the call under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """The moment, on the monotonic clock, when a call's time is over; None for never."""

    timeout: float | None
    ends: float | None

    @classmethod
    def after(cls, timeout: float | None, now: float) -> Deadline:
        """The deadline ``timeout`` seconds from ``now``. Raises ``ValueError`` for a negative number or NaN."""
        if timeout is None:
            return cls(None, None)
        if not timeout >= 0:
            raise ValueError(f"timeout: must be a number of seconds from 0, or None, not {timeout!r}")
        return cls(timeout, now + timeout)

    def at_most(self, seconds: float | None, now: float) -> Deadline:
        """This deadline, or the one so many seconds from ``now`` if that is sooner."""
        if seconds is None or (self.ends is not None and self.ends <= now + seconds):
            return self
        return Deadline(seconds, now + seconds)

    def left(self, now: float) -> float | None:
        """Seconds left, 0 when it is over, None where there is no end."""
        return None if self.ends is None else max(0.0, self.ends - now)

    def allows(self, pause: float, now: float) -> bool:
        """Whether there is time for a pause of so many seconds and something after it."""
        return self.ends is None or now + pause < self.ends


def soonest(*limits: float | None) -> float | None:
    """The smallest of the limits that are set, in seconds; None where none is."""
    return min((limit for limit in limits if limit is not None), default=None)


_current: ContextVar[tuple[Deadline, Callable[[], float]] | None] = ContextVar("yc_runs_deadline", default=None)


@contextmanager
def under(deadline: Deadline, now: Callable[[], float]) -> Iterator[None]:
    """Let ``time_left`` count down to this deadline, in this thread or task, inside the block."""
    token = _current.set((deadline, now))
    try:
        yield
    finally:
        _current.reset(token)


def time_left(limit: float | None) -> float | None:
    """The smaller of a limit of one's own and what the call under way has left, in seconds; None where neither is."""
    current = _current.get()
    return limit if current is None else soonest(limit, current[0].left(current[1]()))
