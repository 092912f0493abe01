"""httpx transports that run an ASGI app in process and stream its answers piece by piece.

The app gets no task of its own. It is a coroutine that runs only while somebody awaits its next message, inside that
awaiting task, and it stands still between two messages. So nothing is left running when a response is dropped, a
cancelled reader cancels the app, and asyncio and trio need no different code.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import anyio
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp, Message, Scope

from yc_runs._deadline import time_left
from yc_runs.testing._breaking import BREAK, Break


@dataclass
class _Sent:
    """What the app hands over when it sends: yielded past the event loop, to whoever drives the app."""

    message: Message

    def __await__(self) -> Generator[_Sent, None, None]:
        yield self


class _NextMessage:
    """Awaiting it runs the app until it sends a message; None once it has ended."""

    def __init__(self, app: Coroutine[Any, Any, None]) -> None:
        self._app = app

    def __await__(self) -> Generator[Any, Any, Message | None]:
        value: Any = None
        error: BaseException | None = None
        while True:
            try:
                yielded = self._app.throw(error) if error is not None else self._app.send(value)
            except StopIteration:
                return None
            if isinstance(yielded, _Sent):
                return yielded.message
            value = error = None
            try:
                value = yield yielded
            except BaseException as caught:
                error = caught


class _Connection:
    """What stands for the connection: it tells the client that reads end with the deadline of their call."""

    keeps_deadlines = True


_PROMPT = {"network_stream": _Connection()}


class _Exchange:
    """One request and its answer."""

    def __init__(self, app: ASGIApp, request: httpx.Request) -> None:
        self._request = request
        self._timeout: float | None = request.extensions.get("timeout", {}).get("read")
        self._body: bytes | None = request.content
        # A coroutine, not just an awaitable: the app is ours.
        self._app: Coroutine[Any, Any, None] = app(self._scope(), self._receive, self._send)  # type: ignore[assignment]

    async def next(self) -> Message:
        """Give the app's next message. Raises httpx.ReadTimeout, or RemoteProtocolError if it ended early."""
        limit = time_left(self._timeout)
        if limit is not None and limit <= 0:
            raise httpx.ReadTimeout("the call's time is over", request=self._request)
        with anyio.move_on_after(limit) as patience:
            message = await _NextMessage(self._app)
            if message is None:
                raise httpx.RemoteProtocolError("the app ended before its answer was complete", request=self._request)
            return message
        assert patience.cancelled_caught
        raise httpx.ReadTimeout("no data from the app in time", request=self._request)

    def close(self) -> None:
        """Drop the app where it stands."""
        self._app.close()

    def _scope(self) -> Scope:
        return {**_scope(self._request), BREAK: self._break}

    def _break(self, how: Break) -> None:
        """Raise what httpx raises where a real connection breaks."""
        if how == "refused":
            raise httpx.ConnectError("connection refused", request=self._request)
        if how == "reset":
            raise httpx.ReadError("connection reset by peer", request=self._request)
        raise httpx.RemoteProtocolError("the connection was closed before the answer's end", request=self._request)

    async def _receive(self) -> Message:
        if self._body is None:
            await anyio.sleep_forever()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, message: Message) -> None:
        await _Sent(message)


class _Body(httpx.AsyncByteStream):
    """The answer's bytes. An iterator, no generator: trio complains of those that are left before their end."""

    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange
        self._more = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while self._more:
            message = await self._exchange.next()
            self._more = message.get("more_body", False)
            if message.get("body"):
                return bytes(message["body"])
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.drop()

    def drop(self) -> None:
        self._more = False
        self._exchange.close()


def _refuse(words: str) -> Callable[..., NoReturn]:
    def refuse(*_: object) -> NoReturn:
        raise TypeError(words)

    return refuse


class InProcessTransport(httpx.AsyncBaseTransport):
    """Serves an ``httpx.AsyncClient`` from an ASGI app, streaming; keeps to the client's read timeout."""

    # What an httpx.Client would call first.
    __enter__: Callable[..., NoReturn] = _refuse(
        "transport() is for httpx.AsyncClient; give httpx.Client sync_transport()"
    )
    handle_request: Callable[..., NoReturn] = __enter__

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the app; returns as soon as the answer's headers are there."""
        await request.aread()
        exchange = _Exchange(self._app, request)
        try:
            start = await exchange.next()
        except BaseException:
            exchange.close()
            raise
        return httpx.Response(
            start["status"], headers=start["headers"], stream=_Body(exchange), request=request, extensions=_PROMPT
        )


class SyncInProcessTransport(httpx.BaseTransport):
    """Serves an ``httpx.Client`` from an ASGI app, streaming, by an event loop in a thread of its own.

    The thread starts with the first request and ends with ``close`` (which ``httpx.Client.close`` calls).
    """

    # What an httpx.AsyncClient would call first.
    __aenter__: Callable[..., NoReturn] = _refuse(
        "sync_transport() is for httpx.Client; give httpx.AsyncClient transport()"
    )
    handle_async_request: Callable[..., NoReturn] = __aenter__

    def __init__(self, app: ASGIApp) -> None:
        self._inner = InProcessTransport(app)
        self._lock = threading.Lock()
        self._stack = contextlib.ExitStack()
        self._portal: BlockingPortal | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the app; returns as soon as the answer's headers are there."""
        request.read()
        with self._lock:
            if self._portal is None:
                self._portal = self._stack.enter_context(start_blocking_portal())
            portal = self._portal
        response = portal.call(self._inner.handle_async_request, request)
        assert isinstance(response.stream, _Body)
        stream = _SyncBody(portal, response.stream)
        status, headers = response.status_code, response.headers
        return httpx.Response(status, headers=headers, stream=stream, request=request, extensions=_PROMPT)

    def close(self) -> None:
        """End the event loop and its thread."""
        with self._lock:
            portal, self._portal = self._portal, None
            if portal is not None:
                portal.call(portal.stop, True)
            self._stack.close()


class _SyncBody(httpx.SyncByteStream):
    def __init__(self, portal: BlockingPortal, body: _Body) -> None:
        self._portal = portal
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self._portal.call(self._advance)) is not None:
            yield chunk

    async def _advance(self) -> bytes | None:
        return await anext(self._body, None)

    def close(self) -> None:
        try:
            self._portal.call(self._body.aclose)
        except RuntimeError:
            # The portal was stopped first: nothing runs the app any more.
            self._body.drop()


def _scope(request: httpx.Request) -> Scope:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "root_path": "",
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 0),
    }
