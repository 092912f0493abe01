"""One connection to the gateway, for one call at a time.

A third of what a call over an ``httpx.AsyncClient`` costs goes into cookies, redirects, and a pool that looks for one
connection among one. None of that is needed here, so what a call is lent is the transport of httpx alone, and under it
one connection of httpcore.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Callable
from functools import partial
from typing import Any, cast
from urllib.request import getproxies

import httpcore
import httpx

# async-only
import sniffio

# end async-only
from yc_runs._async.lease import AsyncHttpClient
from yc_runs._async.network import IDLE_EXPIRY, AsyncDeadlineBackend
from yc_runs.auth._base import SimpleCredentials

_PROXIED = ("http", "https", "all")


def http_client_maker(verify: ssl.SSLContext | bool) -> Callable[[], AsyncHttpClient]:
    """Makes what calls are lent. Where the environment names proxies: httpx's own clients, which go through them.

    Raises ``ConfigurationError`` for proxies that cannot be used.
    """
    context = verify if isinstance(verify, ssl.SSLContext) else httpx.create_ssl_context(verify=verify)
    # Asked once: the whole environment is looked through for it.
    if getproxies().keys().isdisjoint(_PROXIED):
        return partial(AsyncConnectionClient, context)
    from yc_runs._async.proxied import proxied_client_maker

    return proxied_client_maker(context)


class AsyncConnectionClient:
    """As much of an httpx client as a call needs."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.is_closed: bool = False
        backend = AsyncDeadlineBackend(backend_here(), lambda: self.is_closed)
        # async-only
        self.drop: Callable[[], None] = backend.drop
        # end async-only
        self._transport = _Transport(AsyncOneConnection(context, backend))

    async def send(
        self, request: httpx.Request, *, auth: httpx.Auth, stream: bool = True, follow_redirects: bool = False
    ) -> httpx.Response:
        """Sign a request and send it; the answer's body is left to be read. Raises httpx's errors."""
        if isinstance(auth, SimpleCredentials):
            auth.sign(request)
            return await self._send(request)
        flow = auth.async_auth_flow(request)  # async-only
        # sync: flow = auth.sync_auth_flow(request)
        try:
            return await self._follow(flow)
        finally:
            await flow.aclose()

    async def _follow(self, flow: AsyncGenerator[httpx.Request, httpx.Response]) -> httpx.Response:
        """Send what the credentials ask for, until an answer contents them."""
        request = await anext(flow)
        while True:
            response = await self._send(request)
            try:
                request = await flow.asend(response)
                await response.aread()
            except StopAsyncIteration:
                return response
            except BaseException:
                await response.aclose()
                raise

    async def _send(self, request: httpx.Request) -> httpx.Response:
        if self.is_closed:
            raise RuntimeError("the client is closed")
        response = await self._transport.handle_async_request(request)
        response.request = request
        return response

    async def aclose(self) -> None:
        """Close the connection; a call that uses it ends with an error."""
        self.is_closed = True
        await self._transport.aclose()


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own transport, so that what stands in for that in tests stands in for this; over another pool."""

    def __init__(self, pool: AsyncOneConnection) -> None:
        # httpx would make a pool and a TLS context here, and has no public way to be given them.
        self._pool = pool  # type: ignore[assignment]


class AsyncOneConnection:
    """Stands in for httpcore's pool: one connection, made anew where it is no longer good, or leads elsewhere."""

    def __init__(self, context: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend) -> None:
        self._context = context
        self._backend = backend
        self._connection: httpcore.AsyncHTTPConnection | None = None

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request. Raises httpcore's errors."""
        connection = self._connection
        if connection is None or not _is_good(connection, request.url.origin):
            await self.aclose()
            connection = self._connection = httpcore.AsyncHTTPConnection(
                request.url.origin,
                ssl_context=self._context,
                keepalive_expiry=IDLE_EXPIRY,
                network_backend=self._backend,
            )
        _unlock(connection)  # async-only
        return await connection.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connection, where there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.aclose()


# async-only
class _NoLock:
    """Stands in for the locks of a connection that serves one call at a time: anyio's take a round of the loop each."""

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


_NO_LOCK: Any = _NoLock()


def _unlock(connection: httpcore.AsyncHTTPConnection) -> None:
    connection._request_lock = _NO_LOCK
    if connection._connection is not None:
        connection._connection._state_lock = _NO_LOCK  # type: ignore[attr-defined]


# end async-only


def _is_good(connection: httpcore.AsyncHTTPConnection, origin: httpcore.Origin) -> bool:
    is_free = connection.is_available() and connection.can_handle_request(origin)
    return is_free and not (connection.has_expired() or has_more(connection._connection))


def has_more(idle: Any) -> bool:
    """Whether more has come in than was asked for: httpcore would take it for the next answer."""
    state = getattr(idle, "_h11_state", None)
    return state is not None and state.trailing_data[0] != b""


def backend_here() -> httpcore.AsyncNetworkBackend:
    """What opens sockets in this event loop."""
    # async-only
    if sniffio.current_async_library() == "asyncio":
        from yc_runs._asyncio_backend import AsyncioBackend

        return AsyncioBackend()
    return cast("httpcore.AsyncNetworkBackend", httpcore.TrioBackend())
    # end async-only
    # sync: from yc_runs._blocking_backend import BlockingBackend
    # sync: return BlockingBackend()
