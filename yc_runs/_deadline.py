"""How much time a call has left. The time is passed in; only ``time_left`` asks the clock of the call under way."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token

from yc_runs._arguments.checks import seconds


class Deadline:
    """The moment, on the monotonic clock, when a call's time is over; None for never.

    One is made for every read of a stream, so it is no dataclass: frozen, that would cost three times as much.
    """

    __slots__ = ("ends", "timeout")

    def __init__(self, timeout: float | None, ends: float | None) -> None:
        self.timeout: float | None = timeout
        self.ends: float | None = ends

    @classmethod
    def after(cls, timeout: float | None, now: float) -> Deadline:
        """The deadline ``timeout`` seconds from ``now``. Raises ``TypeError`` or ``ValueError``."""
        if timeout is None:
            return cls(None, None)
        seconds("timeout", timeout)
        return cls(timeout, now + timeout)

    def at_most(self, limit: float | None, now: float) -> Deadline:
        """This deadline, or the one so many seconds from ``now`` if that is sooner."""
        if limit is None or (self.ends is not None and self.ends <= now + limit):
            return self
        return Deadline(limit, now + limit)

    def left(self, now: float) -> float | None:
        """Seconds left, 0 when it is over, None where there is no end."""
        return None if self.ends is None else max(0.0, self.ends - now)

    def allows(self, pause: float, now: float) -> bool:
        """Whether there is time for a pause of so many seconds and something after it."""
        return self.ends is None or now + pause < self.ends


def soonest(*limits: float | None) -> float | None:
    """The smallest of the limits that are set, in seconds; None where none is."""
    return min((limit for limit in limits if limit is not None), default=None)


_Current = tuple[Deadline, Callable[[], float]]
_current: ContextVar[_Current | None] = ContextVar("yc_runs_deadline", default=None)


class under:  # noqa: N801
    """Let ``time_left`` count down to this deadline, in this thread or task, inside the block.

    It is entered for every read of a stream, so it is a class: a generator would cost three times as much.
    """

    __slots__ = ("_deadline", "_now", "_token")
    _token: Token[_Current | None]

    def __init__(self, deadline: Deadline, now: Callable[[], float]) -> None:
        self._deadline = deadline
        self._now = now

    def __enter__(self) -> None:
        self._token = _current.set((self._deadline, self._now))

    def __exit__(self, *_: object) -> None:
        try:  # noqa: SIM105 (this is done for every read)
            _current.reset(self._token)
        except ValueError:
            # A call whose event loop was closed amid the block is ended by whoever collects it. That one's own context
            # was never set.
            pass


def time_left(limit: float | None) -> float | None:
    """The smaller of a limit of one's own and what the call under way has left, in seconds; None where neither is."""
    current = _current.get()
    left = None if current is None else current[0].left(current[1]())
    return limit if left is None else left if limit is None else min(limit, left)
