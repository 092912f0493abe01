"""When ``wait`` looks again. Pure: the dice belong to the caller."""

from __future__ import annotations

from dataclasses import dataclass

from yc_runs._arguments.checks import seconds


@dataclass(frozen=True)
class PollPolicy:
    """How ``wait`` polls: after ``first`` seconds, then ever less often, until every ``interval`` seconds."""

    interval: float = 0.5
    timeout: float = 300.0
    first: float = 0.1

    def __post_init__(self) -> None:
        seconds("poll_interval", self.interval, above=True, needed=True)
        seconds("poll_timeout", self.timeout, needed=True)

    def pause(self, polls: int, dice: float) -> float:
        """Seconds to wait after the ``polls``-th look (from 1). ``dice`` is a random number from 0 to 1."""
        longest = min(self.interval, self.first * 1.5 ** min(polls - 1, 30))
        return longest * (0.75 + dice / 4)
