"""One httpx client on loan: where it belongs, and how it is closed."""

from __future__ import annotations

import os

# async-only
from collections.abc import AsyncGenerator, Awaitable, Callable

# end async-only
from typing import TYPE_CHECKING, Any, Protocol

# async-only
import anyio

# end async-only
import httpx

# async-only
import sniffio

# end async-only

# async-only
if TYPE_CHECKING:
    import asyncio

    from yc_runs._closings import Closings

# end async-only


class AsyncHttpClient(Protocol):
    """As much of an httpx client as a call needs."""

    @property
    def is_closed(self) -> bool:
        """Whether it can send no more."""
        ...

    async def send(
        self, request: httpx.Request, *, auth: httpx.Auth, stream: bool, follow_redirects: bool
    ) -> httpx.Response:
        """Sign a request and send it; with ``stream``, the answer's body is left to be read."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


class AsyncLease:
    """An httpx client on loan. It belongs to the process, and the event loop, that it was made in.

    ``is_ours`` is False for a client that the user made: it is never closed here, and takes any number of calls.
    ``left_at`` is when the last call gave it back, on the pool's clock.
    """

    def __init__(self, client: AsyncHttpClient, *, is_ours: bool) -> None:
        self.client = client
        self.place: tuple[Any, ...] = place_here()
        self.left_at: float = 0.0
        self.is_over: bool = False
        self._is_ours = is_ours
        # async-only
        self._is_closed = False
        self._closings: Closings | None = None
        self._guard = self._close_with_loop()
        # end async-only

    # async-only
    async def start(self) -> None:
        """Have the loop close the client at its end: loops do so with generators that are still open."""
        if self._is_ours:
            await self._guard.asend(None)
            if sniffio.current_async_library() == "asyncio":
                from yc_runs._closings import Closings

                self._closings = Closings()

    async def _close_with_loop(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            if not self._is_closed:
                await self._close_in_order()

    async def _close_in_order(self) -> None:
        """Close the client after what is being closed in it."""
        with anyio.CancelScope(shield=True):
            try:
                if self._closings:
                    await self._closings.wait()
            finally:
                # The shield is none to asyncio itself, which cancels whatever waits when its loop ends.
                await self._close()

    async def see_through(self, close: Callable[[], Awaitable[None]]) -> None:
        """Have ``close`` done to its end, whatever becomes of the task that asks for it."""
        await (self._closings.see_through(close) if self._closings and not self.is_lost else close())

    def dispose(self) -> asyncio.Task[None] | None:
        """Begin to close the client, in a task of its own; None where there are no such tasks."""
        return self._closings.start(self.aclose) if self._closings else None

    @property
    def is_lost(self) -> bool:
        """Whether its event loop was closed without closing what is left in it, as ``asyncio.run`` would do."""
        return is_closed(self.place[1])

    def drop(self) -> None:
        """Close the sockets of a lost client: there is no loop that this could be left to."""
        self.is_over = True
        drop = getattr(self.client, "drop", None)
        if self._is_ours and drop is not None:
            drop()

    # end async-only

    async def aclose(self) -> None:
        """Close the client, unless it is the user's own."""
        self.is_over = True
        # async-only
        # Not in the guard: it could not be closed meanwhile by a loop that ends.
        await self._close_in_order()
        if not getattr(self._guard, "ag_running", False):
            await self._guard.aclose()
        # end async-only
        # sync: self._close()

    async def _close(self) -> None:
        self.is_over = True
        if self._is_ours:
            await self.client.aclose()
        # async-only
        self._is_closed = True
        # end async-only


# async-only
def is_closed(loop: Any) -> bool:
    """Whether an event loop is closed; one of trio is not before all in it is."""
    return bool(getattr(loop, "is_closed", bool)())


# end async-only
def place_here() -> tuple[Any, ...]:
    """This process and, where there is one, this event loop."""
    # async-only
    if sniffio.current_async_library() == "asyncio":
        import asyncio

        return (os.getpid(), asyncio.get_running_loop())
    import trio

    return (os.getpid(), trio.lowlevel.current_trio_token())
    # end async-only
    # sync: return (os.getpid(),)
