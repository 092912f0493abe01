# Generated from yc_runs/_async/connection.py by tools/generate_sync.py; do not edit.
"""One connection to the gateway, for one call at a time.

A third of what a call over an ``httpx.Client`` costs goes into cookies, redirects, and a pool that looks for one
connection among one. None of that is needed here, so what a call is lent is the transport of httpx alone, and under it
one connection of httpcore.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator
from functools import partial
from typing import Any
from urllib.request import getproxies

import httpcore
import httpx

from yc_runs._sync.lease import HttpClient
from yc_runs._sync.network import IDLE_EXPIRY, DeadlineBackend
from yc_runs.auth._base import SimpleCredentials

_PROXIED = ("http", "https", "all")


def http_client_maker(verify: ssl.SSLContext | bool) -> Callable[[], HttpClient]:
    """Makes what calls are lent. Where the environment names proxies: httpx's own clients, which go through them.

    Raises ``ConfigurationError`` for proxies that cannot be used.
    """
    context = verify if isinstance(verify, ssl.SSLContext) else httpx.create_ssl_context(verify=verify)
    # Asked once: the whole environment is looked through for it.
    if getproxies().keys().isdisjoint(_PROXIED):
        return partial(ConnectionClient, context)
    from yc_runs._sync.proxied import proxied_client_maker

    return proxied_client_maker(context)


class ConnectionClient:
    """As much of an httpx client as a call needs."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.is_closed: bool = False
        backend = DeadlineBackend(backend_here(), lambda: self.is_closed)
        self._transport = _Transport(OneConnection(context, backend))

    def send(
        self, request: httpx.Request, *, auth: httpx.Auth, stream: bool = True, follow_redirects: bool = False
    ) -> httpx.Response:
        """Sign a request and send it; the answer's body is left to be read. Raises httpx's errors."""
        if isinstance(auth, SimpleCredentials):
            auth.sign(request)
            return self._send(request)
        flow = auth.sync_auth_flow(request)
        try:
            return self._follow(flow)
        finally:
            flow.close()

    def _follow(self, flow: Generator[httpx.Request, httpx.Response, None]) -> httpx.Response:
        """Send what the credentials ask for, until an answer contents them."""
        request = next(flow)
        while True:
            response = self._send(request)
            try:
                request = flow.send(response)
                response.read()
            except StopIteration:
                return response
            except BaseException:
                response.close()
                raise

    def _send(self, request: httpx.Request) -> httpx.Response:
        if self.is_closed:
            raise RuntimeError("the client is closed")
        response = self._transport.handle_request(request)
        response.request = request
        return response

    def close(self) -> None:
        """Close the connection; a call that uses it ends with an error."""
        self.is_closed = True
        self._transport.close()


class _Transport(httpx.HTTPTransport):
    """httpx's own transport, so that what stands in for that in tests stands in for this; over another pool."""

    def __init__(self, pool: OneConnection) -> None:
        # httpx would make a pool and a TLS context here, and has no public way to be given them.
        self._pool = pool  # type: ignore[assignment]


class OneConnection:
    """Stands in for httpcore's pool: one connection, made anew where it is no longer good, or leads elsewhere."""

    def __init__(self, context: ssl.SSLContext, backend: httpcore.NetworkBackend) -> None:
        self._context = context
        self._backend = backend
        self._connection: httpcore.HTTPConnection | None = None

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request. Raises httpcore's errors."""
        connection = self._connection
        if connection is None or not _is_good(connection, request.url.origin):
            self.close()
            connection = self._connection = httpcore.HTTPConnection(
                request.url.origin,
                ssl_context=self._context,
                keepalive_expiry=IDLE_EXPIRY,
                network_backend=self._backend,
            )
        return connection.handle_request(request)

    def close(self) -> None:
        """Close the connection, where there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _is_good(connection: httpcore.HTTPConnection, origin: httpcore.Origin) -> bool:
    is_free = connection.is_available() and connection.can_handle_request(origin)
    return is_free and not (connection.has_expired() or has_more(connection._connection))


def has_more(idle: Any) -> bool:
    """Whether more has come in than was asked for: httpcore would take it for the next answer."""
    state = getattr(idle, "_h11_state", None)
    return state is not None and state.trailing_data[0] != b""


def backend_here() -> httpcore.NetworkBackend:
    """What opens sockets in this event loop."""
    from yc_runs._blocking_backend import BlockingBackend

    return BlockingBackend()
