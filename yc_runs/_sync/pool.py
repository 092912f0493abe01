# Generated from yc_runs/_async/pool.py by tools/generate_sync.py; do not edit.
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
from collections.abc import Callable

import httpx

from yc_runs._sync.lease import MAX_USERS, Lease, place_here
from yc_runs.errors import ClientClosedError

_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


class Pool:
    """Lends httpx clients to calls. ``is_ours`` is False for a client that the user made, and closes himself."""

    def __init__(self, make: Callable[[], httpx.Client], *, is_ours: bool) -> None:
        self.is_ours = is_ours
        self.is_closed: bool = False
        self._make = make
        self._lock = threading.Lock()
        self._leases: list[Lease] = []
        self._abandoned: deque[tuple[Lease, Callable[[], None]]] = deque()
        _pools.add(self)
        weakref.finalize(self, _close_all, self._leases)

    def acquire(self) -> Lease:
        """A client for this process and event loop; give it back with ``release``. Raises ``ClientClosedError``."""
        place = place_here()
        if self._abandoned:
            self._close_abandoned(place)
        with self._lock:
            if self.is_closed:
                raise ClientClosedError("the client is closed; make a new one")
            lease = next((lease for lease in self._leases if lease.has_room(place)), None)
            if lease is None:
                lease = Lease(self._make(), is_ours=self.is_ours)
                self._leases[:] = [*(old for old in self._leases if not old.is_over), lease]
            lease.users += 1
        return lease

    def release(self, lease: Lease, *, cancelled: bool) -> None:
        """Give a client back; ``cancelled`` says that the call was broken off, and the client is not to be trusted."""
        with self._lock:
            lease.users -= 1
            if cancelled:
                lease.retire()
            is_done = not lease.users and (lease.is_retired or self._is_surplus(lease)) and lease in self._leases
            if is_done:
                self._leases.remove(lease)
        if is_done:
            self._dispose(lease)

    def abandon(self, lease: Lease, close: Callable[[], None]) -> None:
        """Have ``close`` called before the next call: from where nothing can be waited for, such as a destructor."""
        self._abandoned.append((lease, close))

    def _close_abandoned(self, place: object) -> None:
        for _ in range(len(self._abandoned)):
            lease, close = self._abandoned.popleft()
            if lease.place == place and not lease.is_over:
                close()
            elif not lease.is_over:
                self._abandoned.append((lease, close))

    def _is_surplus(self, lease: Lease) -> bool:
        return any(other is not lease and other.has_room(lease.place, MAX_USERS // 2) for other in self._leases)

    def _dispose(self, lease: Lease) -> None:
        lease.close()

    def close(self) -> None:
        """Close the connections of this loop and process; those of other loops are closed with their loops."""
        place = place_here()
        self._close_abandoned(place)
        with self._lock:
            self.is_closed = True
            leases = [lease for lease in self._leases if lease.place == place]
            self._leases[:] = [lease for lease in self._leases if lease.place != place]
        for lease in leases:
            lease.close()

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()


def _after_fork() -> None:
    # Whoever held a lock in the parent is not here to give it back.
    for pool in _pools:
        pool._renew_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _close_all(leases: list[Lease]) -> None:
    """At the end of the interpreter, or of a pool that nobody closed."""
    for lease in leases:
        if lease.place == place_here():
            lease.close()
