"""What a piece of work leaves in memory each time that it is done."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

ROUNDS = 6
TOLERATED = 20_000
"""Bytes that one round may leave without being taken for a leak."""


def leak_of(work: Callable[[], object]) -> int:
    """How many bytes each round of ``work`` leaves behind at least; 0 where one of the rounds leaves next to nothing.

    A leak grows in every round. A table that doubles its size, or the buffer of another thread, grows in one of them.
    """
    work()
    work()
    growths: list[int] = []
    for _ in range(ROUNDS):
        growths.append(_growth(work))
        if growths[-1] < TOLERATED:
            return 0
    return min(growths)


def _growth(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
