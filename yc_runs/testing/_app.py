"""The ASGI app: routes, error bodies, and what the front end does for every request."""

from __future__ import annotations

import hmac
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
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
from yc_runs.testing._dialects import error_body
from yc_runs.testing._endpoints import Endpoint, guarded, json_response
from yc_runs.testing._errors import INTERNAL, NOT_FOUND, UNAUTHENTICATED, GatewayError
from yc_runs.testing._faults import Faults
from yc_runs.testing._misbehaving import Misbehaving
from yc_runs.testing._parse import parse_body, parse_query
from yc_runs.testing._render import render
from yc_runs.testing._responses.routes import responses_routes
from yc_runs.testing._settings import Settings
from yc_runs.testing._streams import list_messages, listen

KEPT_REQUESTS = 1000
"""How many of the latest requests a gateway remembers."""

Handler: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]


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
    routes = [*streams, *unary, *responses_routes(backend)]
    app = Starlette(routes=routes, exception_handlers=_handlers(backend.settings))
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
            await _failure(scope, self._settings, error)(scope, receive, reply)

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
        return json_response(200, render(call.gives, record, backend.settings.style))

    return guarded(endpoint)


def _streaming(backend: Backend, start: Callable[[Backend, Request], ASGIApp]) -> Endpoint:
    async def endpoint(request: Request) -> ASGIApp:
        return start(backend, request)

    return guarded(endpoint)


def _failure(scope: Scope, settings: Settings, error: GatewayError) -> Response:
    return json_response(error.status, error_body(scope["path"], settings, error))


def _handlers(settings: Settings) -> Mapping[Any, Handler]:
    async def on_gateway_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, GatewayError)
        return _failure(request.scope, settings, error)

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return _failure(request.scope, settings, _http_error(request, error))

    return {GatewayError: on_gateway_error, HTTPException: on_http_error}


def _http_error(request: Request, error: HTTPException) -> GatewayError:
    # To a gateway, a path with another verb is just another path that leads nowhere.
    if error.status_code in (404, 405):
        return GatewayError(NOT_FOUND, f"no call is {request.method} {request.url.path}")
    return GatewayError(INTERNAL, error.detail, status=error.status_code)
