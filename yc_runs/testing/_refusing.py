"""Answers that have nothing to do with the call."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from yc_runs.testing._errors import GatewayError, body, grpc_code
from yc_runs.testing._framing import to_json
from yc_runs.testing.faults import Answer


def refusal(fault: Answer) -> Response:
    """Make the response that a fault asks for."""
    content, media_type = _content(fault)
    headers = dict(fault.headers or {})
    if fault.retry_after is not None:
        headers["retry-after"] = f"{fault.retry_after:g}"
    return Response(content, fault.status, headers, media_type)


def _content(fault: Answer) -> tuple[str | bytes, str]:
    given = _own_words(fault.status) if fault.body is None else fault.body
    if not isinstance(given, (str, bytes)):
        return to_json(given), "application/json"
    is_page = given.lstrip()[:1] in ("<", b"<")
    if isinstance(given, bytes) and not is_page:
        return given, "application/json"
    return given, "text/html" if is_page else "text/plain"


def _own_words(status: int) -> object:
    if status < 400:
        return {}
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "no luck"
    return body(GatewayError(grpc_code(status), phrase, status=status))
