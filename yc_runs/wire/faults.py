"""Error answers -> exceptions. Every shape of error body that was seen at this service's gateways is read here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from yc_runs.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    NotImplementedByGatewayError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from yc_runs.wire._request import Request

_HTTP_STATUS = {3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501, 13: 500, 14: 503}
_HTTP_STATUS |= {16: 401, 1: 499}

_KINDS: dict[int, tuple[type[APIError], str]] = {
    400: (BadRequestError, "Correct the arguments, or look at the run's status."),
    401: (AuthenticationError, "Check the API key or token."),
    403: (PermissionDeniedError, "Check the account's roles in the folder."),
    404: (NotFoundError, "Check the id, that the account may see it, and the base URL."),
    409: (ConflictError, "Read the object again, then decide."),
    429: (RateLimitError, "Wait, or ask for a higher quota."),
    501: (NotImplementedByGatewayError, "This gateway cannot do that."),
}
_SERVER = (ServerError, "Try again later; if it lasts, report the request id.")
_REDIRECT = (APIError, "Redirects are not followed, since credentials would go along: check base_url.")
_OTHER = (APIError, "See the gateway's message.")
_UNTOLD = "Check the arguments, the base URL and any proxy."

_MAX_MESSAGE = 500
_MAX_PLACE = 200
_MAX_DEPTH = 100
"""How deep an error's details may be nested: what is far deeper can be neither shown, nor copied, nor pickled."""


@dataclass(frozen=True)
class Fault:
    """What an error body says: the gRPC (or text) code, the message, the details."""

    message: str = ""
    code: int | str | None = None
    details: tuple[Any, ...] = field(default=())
    named_status: int | None = field(default=None, compare=False)

    @property
    def http_status(self) -> int:
        """The HTTP status that the body names, or that belongs to the code; 500 where there is neither."""
        by_code = _HTTP_STATUS.get(self.code) if isinstance(self.code, int) else None
        return by_code or self.named_status or 500


UNREAD = Fault()
"""An error body that could not be read to its end."""


class LateFaultError(ValueError):
    """A stream's document that is no item but the gateway's word that the stream has failed."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read_fault(body: bytes) -> Fault:
    """What the body of an error answer says, whatever its shape: JSON of several kinds, HTML, plain text, nothing."""
    text = body.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Fault(message=_plain(text))
    return fault_of(value) or Fault(message=_short(text))


def fault_of(value: Any) -> Fault | None:
    """The fault in a decoded error body, None where there is none to see."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict) or _is_deep(value, _MAX_DEPTH):
        return None
    inner = value.get("error")
    source = {**value, **inner} if isinstance(inner, dict) else value
    message = source.get("message") or (inner if isinstance(inner, str) else "")
    code = next((source[name] for name in ("grpcCode", "grpc_code", "code") if source.get(name) is not None), None)
    if not message and code is None:
        return None
    details = source.get("details")
    return Fault(
        message=_short(str(message)),
        code=_short(code) if isinstance(code, str) else code if isinstance(code, int) else None,
        details=tuple(details) if isinstance(details, list) else (),
        named_status=_status(source.get("httpCode", source.get("http_code"))),
    )


def _is_deep(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels == 0 or any(_is_deep(item, levels - 1) for item in inner)


def _status(value: Any) -> int | None:
    return value if isinstance(value, int) and 400 <= value < 600 else None


def _plain(text: str) -> str:
    if "<html" not in text[:1000].lower() and "<!doctype" not in text[:100].lower():
        return _short(text)
    title = re.search(r"<title[^>]*>([^<]{1,200})</title>", text, re.IGNORECASE)
    return f"an HTML page{f', titled {title.group(1).strip()!r}' if title else ''}"


def _short(text: str) -> str:
    # JSON can spell half a surrogate pair, which no terminal or log file can hold.
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _MAX_MESSAGE else text[:_MAX_MESSAGE] + "…"


def error_for(
    request: Request,
    status: int,
    fault: Fault,
    *,
    headers: Mapping[str, str],
    client_request_id: str | None = None,
    now: float = 0.0,
) -> APIError:
    """The exception for an error answer.

    ``headers`` are the answer's, to be asked with lower-case names; ``now`` is the time in seconds since the epoch,
    against which a ``Retry-After`` date is counted.
    """
    kind, hint = _KINDS.get(status, _SERVER if status >= 500 else _REDIRECT if 300 <= status < 400 else _OTHER)
    if hint == _OTHER[1] and not fault.message:
        hint = _UNTOLD
    if 300 <= status < 400 and (place := _place(headers.get("location") or "")):
        hint = f"It points to {place}. {hint}"
    maybe_applied = request.is_write and _leaves_doubt(status)
    if maybe_applied:
        hint = "It may have been carried out all the same: look before sending it again."
    request_id = headers.get("x-request-id")
    return kind(
        f"{request.subject}: the gateway answered {status}{_named_code(fault.code)}"
        f"{_said(fault)} {hint}"
        f" ({request.method} {request.name}{named_id(request_id, client_request_id)})",
        status=status,
        code=fault.code,
        message=fault.message,
        details=fault.details,
        request_id=request_id,
        client_request_id=client_request_id,
        trace_id=headers.get("x-server-trace-id"),
        retry_after=retry_after(headers, now),
        maybe_applied=maybe_applied,
    )


def _leaves_doubt(status: int) -> bool:
    """Whether a write that was answered so may have been carried out all the same."""
    return status < 300 or status in (408, 499) or (status >= 500 and status != 501)


def _said(fault: Fault) -> str:
    if fault is UNREAD:
        return ", but its message could not be read."
    if not fault.message:
        return " without a message."
    told = _one_line(fault.message)
    return f": {told}" if told.endswith((".", "!", "?", "…")) else f": {told}."


def _place(location: str) -> str:
    """Where a redirect leads, as much of it as may be shown: what is left out could hold a key or a password."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    host, path = parts.netloc.rpartition("@")[2], parts.path.partition(";")[0]
    place = f"{parts.scheme}://{host}{path}" if parts.scheme and host else f"{host}{path}"
    if len(place) > _MAX_PLACE:
        place = place[:_MAX_PLACE].rpartition("/")[0] + "/…"
    return "" if "@" in place else _one_line(place)


def _one_line(text: str) -> str:
    """Text of a stranger's, fit for a message that may end in a log."""
    return "".join(character if character.isprintable() else " " for character in text)


def named_id(request_id: str | None, client_request_id: str | None) -> str:
    """The id to quote to the service's support, for the end of a message; the others are on the error."""
    if request_id:
        return f"; request id {_one_line(request_id[:200])}"
    return f"; client request id {client_request_id}" if client_request_id else ""


def _named_code(code: int | str | None) -> str:
    return "" if code is None else f" (code {code})"


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The pause that ``Retry-After`` asks for, in seconds from ``now``; None where there is none to understand."""
    value = (headers.get("retry-after") or "").strip()
    if value.isdecimal() and value.isascii():
        return min(float(value), 1e9)
    try:
        date = parsedate_to_datetime(value)
        # The oldest of HTTP's three forms names no zone; like the others it is in GMT.
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
