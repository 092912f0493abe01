"""The switch that turns all sleeping off, for the tests of those who use this package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class _Switch:
    def __init__(self) -> None:
        self.is_off = False
        self.skipped = 0.0

    def skip(self, seconds: float) -> bool:
        """Whether to pass over a pause. What is passed over counts as time gone by."""
        self.skipped += seconds if self.is_off else 0.0
        return self.is_off


switch = _Switch()


@contextmanager
def no_sleep() -> Iterator[None]:
    """Let no client sleep inside the block, in any thread: not between polls, nor before it sends again.

    The pauses that are passed over count as time gone by, so that ``poll_timeout`` and the like still come.
    """
    before, switch.is_off = switch.is_off, True
    try:
        yield
    finally:
        switch.is_off = before
