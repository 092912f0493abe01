# Generated from yc_runs/_async/lease.py by tools/generate_sync.py; do not edit.
"""One httpx client on loan: where it belongs, and how it is closed."""

from __future__ import annotations

import os
from typing import Any, Protocol

import httpx


class HttpClient(Protocol):
    """As much of an httpx client as a call needs."""

    @property
    def is_closed(self) -> bool:
        """Whether it can send no more."""
        ...

    def send(self, request: httpx.Request, *, auth: httpx.Auth, stream: bool, follow_redirects: bool) -> httpx.Response:
        """Sign a request and send it; with ``stream``, the answer's body is left to be read."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


class Lease:
    """An httpx client on loan. It belongs to the process, and the event loop, that it was made in.

    ``is_ours`` is False for a client that the user made: it is never closed here, and takes any number of calls.
    ``left_at`` is when the last call gave it back, on the pool's clock.
    """

    def __init__(self, client: HttpClient, *, is_ours: bool) -> None:
        self.client = client
        self.place: tuple[Any, ...] = place_here()
        self.left_at: float = 0.0
        self.is_over: bool = False
        self._is_ours = is_ours

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
