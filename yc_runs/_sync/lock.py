# Generated from yc_runs/_async/lock.py by tools/generate_sync.py; do not edit.
"""One at a time: a lock that is waited for no longer than a call may take."""

from __future__ import annotations

import threading


class Lock:
    """Belongs to the event loop, and the process, that it is used in. Who has acquired it releases it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def acquire(self, patience: float | None) -> bool:
        """Whether it was free within so many seconds; None waits as long as it takes."""
        return self._lock.acquire(timeout=-1 if patience is None else min(patience, threading.TIMEOUT_MAX))

    def release(self) -> None:
        """Let the next one in."""
        self._lock.release()
