"""Connections, made anew where the old cannot be used or trusted any more.

An httpx client belongs to the event loop, and the process, that it was first used in. A call that is cancelled at the
wrong moment leaves its connection behind, half open, in the pool of httpcore 1.0. And for each request and each answer
that pool counts its idle connections once for every idle one of them: with twelve, a call costs half as much again. So:

- Each event loop of each process has clients of its own, made when they are first needed. They are closed with the
  pool, or else when their loop ends. A loop that was closed without its async generators has not closed them: that is
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

# async-only
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import sniffio

# end async-only
from yc_runs._async.held import AsyncAbandoned
from yc_runs._async.lease import (
    AsyncHttpClient,
    AsyncLease,
    # async-only
    is_closed,
    # end async-only
    place_here,
)
from yc_runs._async.network import IDLE_EXPIRY
from yc_runs.errors import ClientClosedError

# async-only
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection
# end async-only

_pools: weakref.WeakSet[AsyncPool] = weakref.WeakSet()


class AsyncPool:
    """Lends httpx clients to calls. ``is_ours`` is False for a client that the user made, and closes himself.

    ``now`` is the monotonic clock, in seconds.
    """

    def __init__(self, make: Callable[[], AsyncHttpClient], *, is_ours: bool, now: Callable[[], float]) -> None:
        self.is_ours = is_ours
        self.is_closed: bool = False
        self._make = make
        self._now = now
        self._looked_at = now()
        # Reentrant: the garbage collector may end a call that was left, and give back its client, at any point of this.
        self._lock = threading.RLock()
        self._leases: list[AsyncLease] = []
        self._free: list[AsyncLease] = []
        self.abandoned: AsyncAbandoned = AsyncAbandoned()
        # async-only
        self._leaving: set[AsyncLease] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._loops: weakref.WeakSet[Any] = weakref.WeakSet()
        # end async-only
        _pools.add(self)
        # async-only
        weakref.finalize(self, _drop, self._leases)
        weakref.finalize(self, _drop, self._leaving)
        # end async-only
        # sync: weakref.finalize(self, _close_all, self._leases)

    async def acquire(self, subject: str = "a call") -> AsyncLease:
        """A client for this process and event loop; give it back with ``release``. ``subject`` says what it is for.

        Raises ``ClientClosedError``.
        """
        place = place_here()
        if self.abandoned:
            await self.abandoned.close(place)
        with self._lock:
            if self.is_closed:
                raise ClientClosedError(f"{subject}: the client is closed; make a new one")
            lease = self._take(place)
            # async-only
            is_new = lease is None
            # end async-only
            if lease is None:
                # async-only
                self._drop_lost()
                self._loops.add(place[1])
                # end async-only
                self._forget([old for old in self._free if old.is_over])
                lease = AsyncLease(self._make(), is_ours=self.is_ours)
                self._leases.append(lease)
                if not self.is_ours:
                    self._free.append(lease)
        # async-only
        if is_new and self.is_ours:
            await lease.start()
        # end async-only
        return lease

    def _take(self, place: object) -> AsyncLease | None:
        """The client that was given back last, of those that are of this place; the user's own stays for others."""
        for index in range(len(self._free) - 1, -1, -1):
            # There may be fewer by now: the garbage collector can end a call at any point of this.
            if index < len(self._free) and self._free[index].place == place:
                return self._free.pop(index) if self.is_ours else self._free[index]
        return None

    async def release(self, lease: AsyncLease, *, cancelled: bool) -> None:
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
            await self._dispose(each)

    def _unwanted(self, lease: AsyncLease, *, is_good: bool) -> list[AsyncLease]:
        """What to close, now that this client was given back: it, and now and then those that nobody uses."""
        found = [] if is_good or lease not in self._leases else [lease]
        if lease.left_at >= self._looked_at + IDLE_EXPIRY:
            found += [free for free in self._free if free.place == lease.place and free.left_at < self._looked_at]
            self._looked_at = lease.left_at
        return found

    def _forget(self, unwanted: list[AsyncLease]) -> None:
        gone = set(unwanted)
        for leases in (self._leases, self._free) if gone else ():
            leases[:] = [each for each in leases if each not in gone]

    async def _dispose(self, lease: AsyncLease) -> None:
        # async-only
        if task := lease.dispose():
            # A task that is being cancelled can be cancelled again; one of its own sees the closing through, unless its
            # loop is closed before. It must not keep the pool.
            (leaving := self._leaving).add(lease)
            task.add_done_callback(lambda _: leaving.discard(lease))
            self._see_to(task)
            return
        # end async-only
        await lease.aclose()

    async def aclose(self) -> None:
        """Close the connections of this loop and process; those of other loops are closed with their loops.

        Whoever waits for it may be cancelled: it goes on to its end.
        """
        place = place_here()
        with self._lock:
            self.is_closed = True
            # async-only
            self._drop_lost()
            # end async-only
        # async-only
        if sniffio.current_async_library() == "asyncio":
            from yc_runs._closings import Closings, wait_for

            self._see_to(Closings().start(partial(self._close_here, place)))
            await wait_for(self._closing)
            return
        with anyio.CancelScope(shield=True):
            await self._close_here(place)
        # end async-only
        # sync: self._close_here(place)

    async def _close_here(self, place: object) -> None:
        await self.abandoned.close(place)
        with self._lock:
            leases = [lease for lease in self._leases if lease.place == place]
            # async-only
            self._leaving.update(leases)
            # end async-only
            self._forget(leases)
        for lease in leases:
            await lease.aclose()
            # async-only
            self._leaving.discard(lease)
            # end async-only

    # async-only
    def _drop_lost(self) -> None:
        """Forget what belongs to event loops that were closed, and close its sockets."""
        closed = {loop for loop in self._loops if is_closed(loop)}
        if closed:
            self._loops -= closed
            self._closing -= {task for task in tuple(self._closing) if task.get_loop() in closed}
            self._forget(_drop(self._leases))
            self._leaving.difference_update(_drop(self._leaving))

    def _see_to(self, task: asyncio.Task[None]) -> None:
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    # end async-only
    def _begin_in_child(self) -> None:
        # Whoever held the lock in the parent is not here to give it back.
        self._lock = threading.RLock()
        # async-only
        # What the parent closes would stay open to the gateway as long as its child has it too. The entries stay, and
        # with them the parent's event loop: at its end it would meddle with the selector that the two share.
        self._free.clear()
        for lease in (*self._leases, *self._leaving):
            lease.drop()
        # end async-only


def _after_fork() -> None:
    for pool in _pools:
        pool._begin_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# async-only
def _drop(leases: Collection[AsyncLease]) -> list[AsyncLease]:
    """Close the sockets of those whose event loop was closed: also of a pool that nobody closed."""
    lost = [lease for lease in tuple(leases) if lease.is_lost]
    for lease in lost:
        lease.drop()
    return lost


# end async-only
# sync: def _close_all(leases: list[Lease]) -> None:
# sync:     """At the end of the interpreter, or of a pool that nobody closed."""
# sync:     for lease in leases:
# sync:         if lease.place == place_here():
# sync:             lease.close()
