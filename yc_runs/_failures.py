"""What httpx raises -> this package's errors. Pure."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from yc_runs.errors import (
    ConfigurationError,
    ConnectionFailedError,
    ConnectionLostError,
    DecodeError,
    RequestTimeoutError,
    RunsError,
)
from yc_runs.wire import Request

_LOOK_FIRST = " It may have been carried out all the same: look before sending it again."
_NOT_SENT = " Nothing was carried out."
_MORE_TIME = " Try again, or give it more time."
_TRY_AGAIN = " Try again."
_UNREACHED = "Check the network, the base URL and any proxy."
_UNTRUSTED = "Check the host in the base URL, and the authorities: verify, or SSL_CERT_FILE in the environment."

_PHASES: dict[type[httpx.TimeoutException], str] = {
    httpx.ConnectTimeout: "connect",
    httpx.PoolTimeout: "connect",
    httpx.WriteTimeout: "write",
    httpx.ReadTimeout: "read",
}


def failure(
    error: httpx.HTTPError,
    request: Request,
    host: str,
    limit: Callable[[str], float | None],
    client_request_id: str | None,
) -> RunsError:
    """The error to raise where httpx raised ``error`` while ``request`` was under way to ``host`` and its port.

    ``limit`` tells how many seconds a timeout of some phase had, None where that is not known.
    """
    reason = _reason(error) or type(error).__name__
    _shorten(error)
    unsent = f"({request.method} {request.name} at {host})"
    where = f"({request.method} {request.name} at {host}{_named(client_request_id)})"
    hint = _LOOK_FIRST if request.is_write else _TRY_AGAIN
    if isinstance(error, httpx.TimeoutException):
        phase = _PHASES.get(type(error), "total")
        return timed_out(request, phase, limit(phase), client_request_id)
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol)):
        return ConnectionFailedError(
            f"{request.subject}: could not connect: {reason}.{_NOT_SENT} "
            f"{_UNTRUSTED if 'certificate verify failed' in reason.lower() else _UNREACHED} {unsent}"
        )
    if isinstance(error, httpx.LocalProtocolError):
        # Its text may quote a header, and with it a credential; a traceback shows it too.
        error.args = ("a header cannot be sent over HTTP",)
        return ConfigurationError(f"{request.subject}: a header cannot be sent over HTTP.{_NOT_SENT} {unsent}")
    if isinstance(error, httpx.DecodingError):
        return DecodeError(
            f"{request.subject}: the answer's compression is broken: {reason}.{hint} {where}",
            maybe_applied=request.is_write,
        )
    return ConnectionLostError(
        f"{request.subject}: the connection broke: {reason}.{hint} {where}", maybe_applied=request.is_write
    )


def broken_off(request: Request, what: str, client_request_id: str | None) -> ConnectionLostError:
    """The error for an answer that ended, or turned into something else, before it was complete; ``what`` says how."""
    hint = _LOOK_FIRST if request.is_write else _TRY_AGAIN
    return ConnectionLostError(
        f"{request.subject}: {what}.{hint} ({request.method} {request.name}{_named(client_request_id)})",
        maybe_applied=request.is_write,
    )


def _named(client_request_id: str | None) -> str:
    """The id that a request went out with, for the end of a message."""
    # Most calls go well, and need nothing of how error answers are read.
    from yc_runs.wire.faults import named_id

    return named_id(None, client_request_id)


def _reason(error: BaseException | None) -> str:
    """What the error says, or else what led to it: on trio, httpx does not repeat why TLS has failed."""
    while error is not None and not str(error):
        error = error.__cause__ or error.__context__
    return str(error or "")


def _shorten(error: httpx.HTTPError) -> None:
    """Leave its twins of httpcore and h11 out of its traceback: they say the same once more, secrets included."""
    while (twin := error.__cause__) and type(twin).__module__.partition(".")[0] in ("httpcore", "h11"):
        error.__cause__ = twin.__cause__


def timed_out(
    request: Request, phase: str, seconds: float | None, client_request_id: str | None, hint: str = _MORE_TIME
) -> RequestTimeoutError:
    """The error for a call whose time is over.

    ``seconds`` is the limit that was set, None where it is not known; ``hint`` says what to do, if this is no write.
    """
    applied = request.is_write and phase != "connect"
    limit = "" if seconds is None else f" of {seconds:g} s"
    ids = "" if phase == "connect" else _named(client_request_id)
    return RequestTimeoutError(
        f"{request.subject}: no complete answer within the time{limit} (phase: {phase})."
        f"{_LOOK_FIRST if applied else _NOT_SENT if request.is_write else hint}"
        f" ({request.method} {request.name}{ids})",
        phase=phase,
        maybe_applied=applied,
    )
