"""The ASGI app: routes, error bodies, and what the front end does for every request."""

from __future__ import annotations

import hmac
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import unquote

import anyio
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yc_runs.testing._backend import Backend
from yc_runs.testing._calls import CALLS, PREFIX, Call
from yc_runs.testing._errors import INTERNAL, NOT_FOUND, UNAUTHENTICATED, GatewayError, body
from yc_runs.testing._faults import Faults
from yc_runs.testing._framing import to_json
from yc_runs.testing._misbehaving import Misbehaving
from yc_runs.testing._parse import parse_body, parse_query
from yc_runs.testing._render import render
from yc_runs.testing._streams import list_messages, listen

KEPT_REQUESTS = 1000
"""How many of the latest requests a gateway remembers."""


Endpoint: TypeAlias = Callable[[Request], Awaitable[ASGIApp]]


@dataclass(frozen=True)
class SeenRequest:
    """A request that reached the gateway. ``headers`` have lower-case names, and are kept out of the repr."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(repr=False)


def make_app(backend: Backend, seen: deque[SeenRequest], faults: Faults) -> ASGIApp:
    """Build the app that serves ``backend`` but for ``faults``; each request is appended to ``seen``."""
    streams = [Route(f"{PREFIX}/runs/listen", _streaming(backend, listen), methods=["GET"])]
    streams.append(Route(f"{PREFIX}/messages", _streaming(backend, list_messages), methods=["GET"]))
    unary = [Route(PREFIX + call.path, _unary(backend, call), methods=[call.method]) for call in CALLS]
    handlers = {GatewayError: _on_gateway_error, HTTPException: _on_http_error}
    app = Starlette(routes=[*streams, *unary], exception_handlers=handlers)
    app.router.redirect_slashes = False
    return FrontEnd(Misbehaving(app, backend, faults), backend, seen)


class FrontEnd:
    """What stands before the routes: request ids, sign-in, latency."""

    def __init__(self, app: ASGIApp, backend: Backend, seen: deque[SeenRequest]) -> None:
        self._app = app
        self._settings = backend.settings
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is none."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        query = scope["query_string"].decode("latin-1")
        self._seen.append(SeenRequest(scope["method"], scope["path"], query, dict(headers)))
        reply = _Reply(send)
        await anyio.sleep(self._settings.latency)
        try:
            self._check_credentials(headers.get("authorization", ""))
            # Routed as it came, still encoded: the slash of an id must not become one between two segments.
            await self._app({**scope, "path": scope["raw_path"].decode("ascii")}, receive, reply)
        except GatewayError as error:
            await _failure(error)(scope, receive, reply)

    def _check_credentials(self, header: str) -> None:
        key = self._settings.api_key
        if key is None:
            return
        scheme, _, token = header.partition(" ")
        is_key = scheme.lower() == "api-key" and hmac.compare_digest(token.encode(), key.encode())
        if not is_key and not (scheme.lower() == "bearer" and token.strip()):
            raise GatewayError(UNAUTHENTICATED, "the credentials are missing or not those of this gateway")


class _Reply:
    """Passes an answer on, with the ids that name the exchange."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            ids = {b"x-request-id": str(uuid.uuid4()), b"x-server-trace-id": f"{uuid.uuid4().hex}:{time.time_ns():x}"}
            added = [(name, value.encode()) for name, value in ids.items()]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await self._send(message)


def _unary(backend: Backend, call: Call) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        if call.method in ("POST", "PATCH"):
            arguments = parse_body(call.takes, await request.body())
        else:
            arguments = parse_query(call.takes, request.query_params.multi_items())
        ids = {name: unquote(value) for name, value in request.path_params.items()}
        with backend.lock:
            record = call.act(backend, arguments, ids)
        return _json(200, render(call.gives, record, backend.settings.style))

    return _guarded(endpoint)


def _streaming(backend: Backend, start: Callable[[Backend, Request], ASGIApp]) -> Endpoint:
    async def endpoint(request: Request) -> ASGIApp:
        return start(backend, request)

    return _guarded(endpoint)


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Make every failure an answer: a traceback is for the gateway's authors, not for its clients."""

    async def guarded(request: Request) -> ASGIApp:
        try:
            return await endpoint(request)
        except GatewayError:
            raise
        except Exception as error:
            raise GatewayError(INTERNAL, f"{type(error).__name__}: {error}") from error

    return guarded


def _json(status: int, value: object) -> Response:
    return Response(to_json(value), status, media_type="application/json")


def _failure(error: GatewayError) -> Response:
    return _json(error.status, body(error))


async def _on_gateway_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, GatewayError)
    return _failure(error)


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    # To a gateway, a path with another verb is just another path that leads nowhere.
    if error.status_code in (404, 405):
        return _failure(GatewayError(NOT_FOUND, f"no call is {request.method} {request.url.path}"))
    return _failure(GatewayError(INTERNAL, error.detail, status=error.status_code))
