"""Connecting to a host of several addresses, on asyncio: RFC 8305, in short.

asyncio has this too, but where it is cancelled in the meantime it leaves a socket open.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from ipaddress import ip_address

import anyio

from yc_runs._asyncio_protocol import StreamProtocol

NEXT_AFTER = 0.25
"""Seconds after which the next address is tried beside those before it; at once where they have failed."""


async def connect(host: str, port: int) -> StreamProtocol:
    """A connection to whichever of the host's addresses is the first to accept one. Raises ``OSError``."""
    addresses = await _addresses(host, port)
    return await (_open(addresses[0], port) if len(addresses) == 1 else _race(addresses, port))


async def _addresses(host: str, port: int) -> list[str]:
    with suppress(ValueError):
        ip_address(host)
        return [host]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


async def _open(address: str, port: int) -> StreamProtocol:
    _, protocol = await asyncio.get_running_loop().create_connection(StreamProtocol, address, port)
    return protocol


async def _race(addresses: list[str], port: int) -> StreamProtocol:
    won: list[StreamProtocol] = []
    errors: list[str] = []

    async def attempt(address: str, failed: anyio.Event) -> None:
        try:
            won.append(await _open(address, port))
        except OSError as error:
            errors.append(str(error))
            failed.set()
        else:
            group.cancel_scope.cancel()

    try:
        async with anyio.create_task_group() as group:
            for address in addresses:
                failed = anyio.Event()
                group.start_soon(attempt, address, failed)
                with anyio.move_on_after(NEXT_AFTER):
                    await failed.wait()
    except BaseException:
        _abort(won)
        raise
    _abort(won[1:])
    if not won:
        raise OSError("; ".join(dict.fromkeys(errors)))
    return won[0]


def _abort(connections: list[StreamProtocol]) -> None:
    for protocol in connections:
        protocol.transport.abort()
