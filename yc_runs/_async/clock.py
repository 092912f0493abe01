"""The time, the way to let it pass, and the dice: all that is not decided by arguments and answers."""

from __future__ import annotations

import random
import time

# async-only
import anyio

# end async-only
from yc_runs._sleeping import switch


class AsyncClock:
    """What the client asks for the time. Give it another in a test, and nothing ever sleeps."""

    def now(self) -> float:
        """Seconds on a clock that never goes back; only differences mean anything."""
        return time.monotonic() + switch.skipped

    def wall(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def dice(self) -> float:
        """A random number from 0 up to 1."""
        return random.random()

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        if switch.skip(seconds):
            seconds = 0
        # async-only
        await anyio.sleep(seconds)
        # end async-only
        # sync: time.sleep(seconds)
