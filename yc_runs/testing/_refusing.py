"""Answers that have nothing to do with the call."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from yc_runs.testing._errors import GatewayError, grpc_code
from yc_runs.testing._framing import to_json
from yc_runs.testing.faults import Answer


def refusal(fault: Answer, error_body: Callable[[GatewayError], dict[str, Any]]) -> Response:
    """Make the response that a fault asks for. ``error_body`` gives the JSON of one that says no more than a status."""
    content, media_type = _content(fault, error_body)
    headers = dict(fault.headers or {})
    if fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    return Response(content, fault.status, headers, media_type)


def _content(fault: Answer, error_body: Callable[[GatewayError], dict[str, Any]]) -> tuple[str | bytes, str]:
    given: object = fault.body
    if given is None:
        given = error_body(_error(fault.status)) if fault.status >= 400 else {}
    if not isinstance(given, (str, bytes)):
        return to_json(given), "application/json"
    is_page = given.lstrip()[:1] in ("<", b"<")
    if isinstance(given, bytes) and not is_page:
        return given, "application/json"
    return given, "text/html" if is_page else "text/plain"


def _error(status: int) -> GatewayError:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "no luck"
    return GatewayError(grpc_code(status), phrase, status=status)
