"""Connections, made anew where the old cannot be used or trusted any more.

An httpx client belongs to the event loop, and the process, that it was first used in. A call that is cancelled at the
wrong moment leaves its connection behind, half open, in the pool of httpcore 1.0. And that pool grows slow with the
number of its connections. So:

- Each event loop of each process has clients of its own, made when they are first needed. They are closed with the
  pool, or else when their loop ends.
- A cancelled call retires the client it was using. The next call gets another; the old is closed, with all that was
  left in it, as soon as its other calls have ended.
- No client serves more than some calls at once. A further one is made for more, and closed when it is not needed.
- An answer that was held, and that nobody is there any more to read, is closed with the next call.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from yc_runs._async.lease import MAX_USERS, AsyncLease, place_here
from yc_runs.errors import ClientClosedError

_pools: weakref.WeakSet[AsyncPool] = weakref.WeakSet()


class AsyncPool:
    """Lends httpx clients to calls. ``is_ours`` is False for a client that the user made, and closes himself."""

    def __init__(self, make: Callable[[], httpx.AsyncClient], *, is_ours: bool) -> None:
        self.is_ours = is_ours
        self.is_closed: bool = False
        self._make = make
        self._lock = threading.Lock()
        self._leases: list[AsyncLease] = []
        self._abandoned: deque[tuple[AsyncLease, Callable[[], Awaitable[None]]]] = deque()
        # async-only
        self._closing: set[Any] = set()
        # end async-only
        _pools.add(self)
        # sync: weakref.finalize(self, _close_all, self._leases)

    async def acquire(self) -> AsyncLease:
        """A client for this process and event loop; give it back with ``release``. Raises ``ClientClosedError``."""
        place = place_here()
        if self._abandoned:
            await self._close_abandoned(place)
        with self._lock:
            if self.is_closed:
                raise ClientClosedError("the client is closed; make a new one")
            lease = next((lease for lease in self._leases if lease.has_room(place)), None)
            # async-only
            is_new = lease is None
            # end async-only
            if lease is None:
                lease = AsyncLease(self._make(), is_ours=self.is_ours)
                self._leases[:] = [*(old for old in self._leases if not old.is_over), lease]
            lease.users += 1
        # async-only
        if is_new and self.is_ours:
            await lease.start()
        # end async-only
        return lease

    async def release(self, lease: AsyncLease, *, cancelled: bool) -> None:
        """Give a client back; ``cancelled`` says that the call was broken off, and the client is not to be trusted."""
        with self._lock:
            lease.users -= 1
            if cancelled:
                lease.retire()
            is_done = not lease.users and (lease.is_retired or self._is_surplus(lease)) and lease in self._leases
            if is_done:
                self._leases.remove(lease)
        if is_done:
            await self._dispose(lease)

    def abandon(self, lease: AsyncLease, close: Callable[[], Awaitable[None]]) -> None:
        """Have ``close`` called before the next call: from where nothing can be waited for, such as a destructor."""
        self._abandoned.append((lease, close))

    async def _close_abandoned(self, place: object) -> None:
        for _ in range(len(self._abandoned)):
            lease, close = self._abandoned.popleft()
            if lease.place == place and not lease.is_over:
                await close()
            elif not lease.is_over:
                self._abandoned.append((lease, close))

    def _is_surplus(self, lease: AsyncLease) -> bool:
        return any(other is not lease and other.has_room(lease.place, MAX_USERS // 2) for other in self._leases)

    async def _dispose(self, lease: AsyncLease) -> None:
        # async-only
        if task := lease.dispose():
            # A task that is being cancelled can be cancelled again; one of its own sees the closing through.
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            return
        # end async-only
        await lease.aclose()

    async def aclose(self) -> None:
        """Close the connections of this loop and process; those of other loops are closed with their loops."""
        place = place_here()
        await self._close_abandoned(place)
        with self._lock:
            self.is_closed = True
            leases = [lease for lease in self._leases if lease.place == place]
            self._leases[:] = [lease for lease in self._leases if lease.place != place]
        for lease in leases:
            await lease.aclose()
        # async-only
        for task in tuple(self._closing):
            await task
        # end async-only

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()


def _after_fork() -> None:
    # Whoever held a lock in the parent is not here to give it back.
    for pool in _pools:
        pool._renew_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# sync: def _close_all(leases: list[Lease]) -> None:
# sync:     """At the end of the interpreter, or of a pool that nobody closed."""
# sync:     for lease in leases:
# sync:         if lease.place == place_here():
# sync:             lease.close()
