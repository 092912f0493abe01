"""One httpx client and those who use it: where it belongs, how busy it is, and how it is closed."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from typing import Any

# async-only
import anyio

# end async-only
import httpx

# async-only
import sniffio

# end async-only

MAX_USERS = 12
"""How many calls share a client.

For each request and each answer httpcore counts the idle connections of a client once for every idle one of them: the
price of a call grows with the square of their number. At 64 it was three times that of a call alone.
"""


class AsyncLease:
    """An httpx client on loan. It belongs to the process, and the event loop, that it was made in.

    ``is_ours`` is False for a client that the user made: it is never closed here, and takes any number of calls.
    """

    def __init__(self, client: httpx.AsyncClient, *, is_ours: bool) -> None:
        self.client = client
        self.place: tuple[Any, ...] = place_here()
        self.users = 0
        self.is_retired: bool = False
        self.is_over: bool = False
        self._is_ours = is_ours
        # async-only
        self._guard = self._close_with_loop()
        # end async-only

    def has_room(self, place: object, users: int = MAX_USERS) -> bool:
        """Whether a call at this place may use the client, where it has fewer than ``users`` already."""
        is_good = not self.is_retired and not self.is_over and self.place == place
        return is_good and (self.users < users or not self._is_ours)

    def retire(self) -> None:
        """Take no more calls: a call was broken off, and what it left in the client is not to be trusted."""
        self.is_retired = self._is_ours

    # async-only
    async def start(self) -> None:
        """Have the loop close the client at its end: loops do so with generators that are still open."""
        if self._is_ours:
            await self._guard.asend(None)

    async def _close_with_loop(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await self._close()

    # end async-only

    async def aclose(self) -> None:
        """Close the client, unless it is the user's own."""
        self.is_over = True
        # async-only
        await self._guard.aclose()
        # end async-only
        # sync: self._close()

    async def _close(self) -> None:
        self.is_over = True
        if self._is_ours:
            await self.client.aclose()


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
