"""What calls are lent where the environment names proxies: httpx's own clients, over sockets that know deadlines."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpcore
import httpx

from yc_runs._async.connection import backend_here, has_more
from yc_runs._async.lease import AsyncHttpClient
from yc_runs._async.network import IDLE_EXPIRY, AsyncDeadlineBackend
from yc_runs._proxies import check_proxies, named_proxies, unusable_exceptions

_DIRECT = {"all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None}
"""This machine is not behind the proxy that the environment may name."""


def proxied_client_maker(context: ssl.SSLContext) -> Callable[[], AsyncHttpClient]:
    """Makes clients that go through the environment's proxies. Raises ``ConfigurationError`` for those of no use."""
    check_proxies(named_proxies())
    try:
        # One that is never used holds nothing open.
        _bare_client(context)
    except (httpx.InvalidURL, ValueError):
        raise unusable_exceptions() from None
    return partial(_proxied_client, context)


def _bare_client(context: ssl.SSLContext) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=IDLE_EXPIRY)
    return httpx.AsyncClient(verify=context, limits=limits, mounts=_DIRECT, follow_redirects=False, timeout=None)


def _proxied_client(context: ssl.SSLContext) -> httpx.AsyncClient:
    client = _bare_client(context)
    sockets = backend_here()
    # async-only
    # As a client without proxies has it: see ``AsyncLease.drop``.
    client.drop = getattr(sockets, "drop", None)  # type: ignore[attr-defined]
    # end async-only
    for transport in {client._transport, *client._mounts.values()}:
        pool: Any = getattr(transport, "_pool", None)
        # httpx has no public way to give its transport a network backend.
        if hasattr(pool, "_network_backend"):
            inner = pool._network_backend if _is_encrypted(pool) else sockets
            pool._network_backend = AsyncDeadlineBackend(inner, lambda: client.is_closed)
            pool.create_connection = partial(_connection_of, pool.create_connection)
    return client


def _is_encrypted(pool: Any) -> bool:
    """Whether the way to the proxy is: TLS within TLS is something that asyncio of CPython 3.10 cannot do."""
    proxy = getattr(pool, "_proxy_url", None)
    return proxy is not None and proxy.scheme == b"https"


def _connection_of(create: Callable[[httpcore.Origin], Any], origin: httpcore.Origin) -> Any:
    """A connection of httpcore's pool: it takes no answer for another's, and knows what fails in a tunnel's making."""
    connection = create(origin)
    connection.has_expired = partial(_is_over, connection, connection.has_expired)
    to_proxy = getattr(connection, "_connection", None)
    if to_proxy is not None:
        to_proxy.handle_async_request = partial(_tunnelled, to_proxy.handle_async_request)
    return connection


def _is_over(connection: Any, has_expired: Callable[[], bool]) -> bool:
    """Whether the pool is to take it for no further request."""
    if has_expired():
        return True
    if not connection.is_idle():
        return False
    while (inner := getattr(connection, "_connection", None)) is not None:
        connection = inner
    return has_more(connection)


async def _tunnelled(
    send: Callable[[httpcore.Request], Awaitable[httpcore.Response]], request: httpcore.Request
) -> httpcore.Response:
    """Have the proxy open its tunnel within the time for connecting. Until it stands the call's own request is unsent.

    Raises httpcore's errors: in a tunnel's making, only those of connecting.
    """
    if request.method != b"CONNECT":
        return await send(request)
    timeouts = request.extensions.get("timeout", {})
    limits = {**timeouts, "read": timeouts.get("connect"), "write": timeouts.get("connect")}
    request.extensions = {**request.extensions, "timeout": limits}
    try:
        return await send(request)
    except httpcore.TimeoutException as error:
        raise httpcore.ConnectTimeout(f"the proxy has opened no tunnel in time: {error}") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise httpcore.ProxyError(f"the proxy has opened no tunnel: {error}") from error
