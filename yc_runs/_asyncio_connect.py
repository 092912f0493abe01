"""Connecting to a host of several addresses, on asyncio: RFC 8305, in short.

asyncio has this too, but where it is cancelled in the meantime it leaves a socket open.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import NoReturn

from yc_runs._asyncio_protocol import StreamProtocol

NEXT_AFTER = 0.25
"""Seconds after which the next address is tried beside those before it; at once where they have failed."""

SocketOption = tuple[int, int, int]


async def connect(
    host: str, port: int, options: Iterable[SocketOption], connecting: set[socket.socket]
) -> StreamProtocol:
    """A connection to whichever of the host's addresses is the first to accept one, with these options.

    The sockets are in ``connecting`` meanwhile: once their loop is closed, nobody else can close them. Raises
    ``OSError``.
    """
    addresses = await _addresses(host, port)
    if len(addresses) == 1:
        return await _open(addresses[0], port, options, connecting)
    return await _race(addresses, port, options, connecting)


async def _addresses(host: str, port: int) -> list[str]:
    with suppress(ValueError):
        ip_address(host)
        return [host]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


async def _open(
    address: str, port: int, options: Iterable[SocketOption], connecting: set[socket.socket]
) -> StreamProtocol:
    raw = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    connecting.add(raw)
    try:
        await _reach(raw, (address, port))
        _, protocol = await asyncio.get_running_loop().create_connection(StreamProtocol, sock=raw)
    finally:
        connecting.discard(raw)
    try:
        # At once: a peer that ends it in the meantime leaves no socket to set options of.
        for option in options:
            protocol.transport.get_extra_info("socket").setsockopt(*option)
    except BaseException:
        protocol.abort()
        raise
    return protocol


async def _reach(raw: socket.socket, address: tuple[str, int]) -> None:
    try:
        raw.setblocking(False)
        await asyncio.get_running_loop().sock_connect(raw, address)
    except BaseException:
        raw.close()
        raise


async def _race(
    addresses: list[str], port: int, options: Iterable[SocketOption], connecting: set[socket.socket]
) -> StreamProtocol:
    # Tasks, not a group that is cancelled once one has won: on 3.10 a cancellation from outside could be lost in that.
    loop = asyncio.get_running_loop()
    attempts: list[asyncio.Task[StreamProtocol]] = []
    pending: set[asyncio.Task[StreamProtocol]] = set()
    untried = deque(addresses)
    won: asyncio.Task[StreamProtocol] | None = None
    try:
        while won is None and (untried or pending):
            if untried:
                attempts.append(loop.create_task(_open(untried.popleft(), port, options, connecting)))
                pending.add(attempts[-1])
            limit = NEXT_AFTER if untried else None
            done, pending = await asyncio.wait(pending, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            won = next((attempt for attempt in done if attempt.exception() is None), None)
    finally:
        for attempt in attempts:
            if attempt is not won:
                attempt.cancel()
                attempt.add_done_callback(_abandon)
    return won.result() if won else _refused(attempts)


def _abandon(attempt: asyncio.Task[StreamProtocol]) -> None:
    """Close what one attempt too many has opened."""
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().abort()


def _refused(attempts: list[asyncio.Task[StreamProtocol]]) -> NoReturn:
    errors = [attempt.exception() for attempt in attempts]
    raise OSError("; ".join(dict.fromkeys(map(str, errors))) or "the host has no address")
