"""What the routes of every dialect have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from yc_runs.testing._errors import INTERNAL, GatewayError
from yc_runs.testing._framing import to_json

Endpoint: TypeAlias = Callable[[Request], Awaitable[ASGIApp]]


def guarded(endpoint: Endpoint) -> Endpoint:
    """Make every failure an answer: a traceback is for the gateway's authors, not for its clients."""

    async def guard(request: Request) -> ASGIApp:
        try:
            return await endpoint(request)
        except GatewayError:
            raise
        except Exception as error:
            raise GatewayError(INTERNAL, f"{type(error).__name__}: {error}") from error

    return guard


def json_response(status: int, value: object) -> Response:
    """Make an answer of JSON."""
    return Response(to_json(value), status, media_type="application/json")
