# Generated from yc_runs/_async/pool.py by tools/generate_sync.py; do not edit.
"""Connections, made anew where the old cannot be used or trusted any more.

An httpx client belongs to the event loop, and the process, that it was first used in. A call that is cancelled at the
wrong moment leaves its connection behind, half open, in the pool of httpcore 1.0. And for each request and each answer
that pool counts its idle connections once for every idle one of them: with twelve, a call costs half as much again. So:

- Each event loop of each process has clients of its own, made when they are first needed. They are closed with the
  pool, or else when their loop ends. A loop that was closed without its generators has not closed them: that is
  seen to when the next loop comes, or the pool goes.
- A client serves one call at a time, so it has one connection. A further call at the same time gets a further client;
  it is closed when nobody has needed it for as long as its connection lives, since many waits need theirs again.
- The client of a cancelled call is closed, with all that was left in it.
- A client that the user made serves all calls of its loop, and is left to the user.
- An answer that was held, and that nobody is there any more to read, is closed with the next call.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable

from yc_runs._sync.held import Abandoned
from yc_runs._sync.lease import (
    HttpClient,
    Lease,
    place_here,
)
from yc_runs._sync.network import IDLE_EXPIRY
from yc_runs.errors import ClientClosedError

_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


class Pool:
    """Lends httpx clients to calls. ``is_ours`` is False for a client that the user made, and closes himself.

    ``now`` is the monotonic clock, in seconds.
    """

    def __init__(self, make: Callable[[], HttpClient], *, is_ours: bool, now: Callable[[], float]) -> None:
        self.is_ours = is_ours
        self.is_closed: bool = False
        self._make = make
        self._now = now
        self._looked_at = now()
        # Reentrant: the garbage collector may end a call that was left, and give back its client, at any point of this.
        self._lock = threading.RLock()
        self._leases: list[Lease] = []
        self._free: list[Lease] = []
        self.abandoned: Abandoned = Abandoned()
        _pools.add(self)
        weakref.finalize(self, _close_all, self._leases)

    def acquire(self, subject: str = "a call") -> Lease:
        """A client for this process and event loop; give it back with ``release``. ``subject`` says what it is for.

        Raises ``ClientClosedError``.
        """
        place = place_here()
        if self.abandoned:
            self.abandoned.close(place)
        with self._lock:
            if self.is_closed:
                raise ClientClosedError(f"{subject}: the client is closed; make a new one")
            lease = self._take(place)
            if lease is None:
                self._forget([old for old in self._free if old.is_over])
                lease = Lease(self._make(), is_ours=self.is_ours)
                self._leases.append(lease)
                if not self.is_ours:
                    self._free.append(lease)
        return lease

    def _take(self, place: object) -> Lease | None:
        """The client that was given back last, of those that are of this place; the user's own stays for others."""
        for index in range(len(self._free) - 1, -1, -1):
            # There may be fewer by now: the garbage collector can end a call at any point of this.
            if index < len(self._free) and self._free[index].place == place:
                return self._free.pop(index) if self.is_ours else self._free[index]
        return None

    def release(self, lease: Lease, *, cancelled: bool) -> None:
        """Give a client back; ``cancelled`` says that the call was broken off, and the client is not to be trusted."""
        if not self.is_ours:
            return
        with self._lock:
            lease.left_at = self._now()
            is_good = not (cancelled or lease.is_over or self.is_closed)
            if is_good:
                self._free.append(lease)
            unwanted = self._unwanted(lease, is_good=is_good)
            self._forget(unwanted)
        for each in unwanted:
            self._dispose(each)

    def _unwanted(self, lease: Lease, *, is_good: bool) -> list[Lease]:
        """What to close, now that this client was given back: it, and now and then those that nobody uses."""
        found = [] if is_good or lease not in self._leases else [lease]
        if lease.left_at >= self._looked_at + IDLE_EXPIRY:
            found += [free for free in self._free if free.place == lease.place and free.left_at < self._looked_at]
            self._looked_at = lease.left_at
        return found

    def _forget(self, unwanted: list[Lease]) -> None:
        gone = set(unwanted)
        for leases in (self._leases, self._free) if gone else ():
            leases[:] = [each for each in leases if each not in gone]

    def _dispose(self, lease: Lease) -> None:
        lease.close()

    def close(self) -> None:
        """Close the connections of this loop and process; those of other loops are closed with their loops.

        Whoever waits for it may be cancelled: it goes on to its end.
        """
        place = place_here()
        with self._lock:
            self.is_closed = True
        self._close_here(place)

    def _close_here(self, place: object) -> None:
        self.abandoned.close(place)
        with self._lock:
            leases = [lease for lease in self._leases if lease.place == place]
            self._forget(leases)
        for lease in leases:
            lease.close()

    def _begin_in_child(self) -> None:
        # Whoever held the lock in the parent is not here to give it back.
        self._lock = threading.RLock()


def _after_fork() -> None:
    for pool in _pools:
        pool._begin_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _close_all(leases: list[Lease]) -> None:
    """At the end of the interpreter, or of a pool that nobody closed."""
    for lease in leases:
        if lease.place == place_here():
            lease.close()
