"""Clients for the suite: asynchronous on each event loop, and the synchronous one."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.interop.lifting import Lifted
from yc_runs import AsyncClient, Client, RetryPolicy

DRIVERS = ("asyncio", "trio", "sync")
RETRY = RetryPolicy(attempts=40, backoff=0.05, max_backoff=0.2)

_FOLDERS = itertools.count(1)


@dataclass(frozen=True)
class Gateway:
    """A client, and the URL and folder that it was given. The client is as if it were an ``AsyncClient``."""

    client: Any
    url: str
    folder_id: str


def new_folder_id() -> str:
    """A folder that no other test uses."""
    return f"folder-{os.getpid()}-{next(_FOLDERS)}"


@asynccontextmanager
async def connected(url: str, driver: str, **settings: Any) -> AsyncIterator[Gateway]:
    """A client on a gateway while the block lasts; ``settings`` are those of the client beside the usual ones."""
    options: dict[str, Any] = {"folder_id": new_folder_id(), "auth": "a-key", "base_url": url, "retry": RETRY}
    options |= settings
    if driver == "sync":
        with Client(**options) as sync_client:
            yield Gateway(Lifted(sync_client), url, options["folder_id"])
    else:
        async with AsyncClient(**options) as client:
            yield Gateway(client, url, options["folder_id"])
