"""One at a time: a lock that is waited for no longer than a call may take."""

from __future__ import annotations

# sync: import threading
# async-only
import anyio

# end async-only


class AsyncLock:
    """Belongs to the event loop, and the process, that it is used in. Who has acquired it releases it."""

    def __init__(self) -> None:
        # async-only
        self._lock = anyio.Lock(fast_acquire=True)
        # end async-only
        # sync: self._lock = threading.Lock()

    async def acquire(self, patience: float | None) -> bool:
        """Whether it was free within so many seconds; None waits as long as it takes."""
        # async-only
        with anyio.move_on_after(patience):
            await self._lock.acquire()
            return True
        return False
        # end async-only
        # sync: return self._lock.acquire(timeout=-1 if patience is None else min(patience, threading.TIMEOUT_MAX))

    def release(self) -> None:
        """Let the next one in."""
        self._lock.release()
