"""Connecting to a host of several addresses, without async."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from typing import Any

import httpcore


class BlockingBackend(httpcore.SyncBackend):
    """httpcore's, but the addresses of a host share the time there is: by itself each would take as much."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host. Raises ``httpcore.ConnectError``, ``httpcore.ConnectTimeout``."""
        ends = None if timeout is None else time.monotonic() + timeout
        addresses = _addresses(host, port)
        failed: Exception = httpcore.ConnectError("the host has no address")
        for index, address in enumerate(addresses):
            share = None if ends is None else (ends - time.monotonic()) / (len(addresses) - index)
            if share is not None and share <= 0:
                raise httpcore.ConnectTimeout("the call's time is over")
            try:
                return super().connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
