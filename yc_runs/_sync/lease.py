# Generated from yc_runs/_async/lease.py by tools/generate_sync.py; do not edit.
"""One httpx client and those who use it: where it belongs, how busy it is, and how it is closed."""

from __future__ import annotations

import os
from typing import Any

import httpx

MAX_USERS = 12
"""How many calls share a client.

For each request and each answer httpcore counts the idle connections of a client once for every idle one of them: the
price of a call grows with the square of their number. At 64 it was three times that of a call alone.
"""


class Lease:
    """An httpx client on loan. It belongs to the process, and the event loop, that it was made in.

    ``is_ours`` is False for a client that the user made: it is never closed here, and takes any number of calls.
    """

    def __init__(self, client: httpx.Client, *, is_ours: bool) -> None:
        self.client = client
        self.place: tuple[Any, ...] = place_here()
        self.users = 0
        self.is_retired: bool = False
        self.is_over: bool = False
        self._is_ours = is_ours

    def has_room(self, place: object, users: int = MAX_USERS) -> bool:
        """Whether a call at this place may use the client, where it has fewer than ``users`` already."""
        is_good = not self.is_retired and not self.is_over and self.place == place
        return is_good and (self.users < users or not self._is_ours)

    def retire(self) -> None:
        """Take no more calls: a call was broken off, and what it left in the client is not to be trusted."""
        self.is_retired = self._is_ours

    def close(self) -> None:
        """Close the client, unless it is the user's own."""
        self.is_over = True
        self._close()

    def _close(self) -> None:
        self.is_over = True
        if self._is_ours:
            self.client.close()


def place_here() -> tuple[Any, ...]:
    """This process and, where there is one, this event loop."""
    return (os.getpid(),)
