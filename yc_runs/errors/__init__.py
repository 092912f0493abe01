"""Every exception this package raises on purpose, as one tree.

RunsError
├ ConfigurationError (ValueError)          no folder, no credentials, plain http to a remote host
├ CredentialsError                         a token could not be obtained or renewed; no request was sent
├ ClientClosedError (RuntimeError)         the client was closed before or during the call
├ ConnectionFailedError                    never reached the gateway
├ ConnectionLostError                      the connection broke after the request had gone out
├ RequestTimeoutError (TimeoutError)       no complete answer in time
├ APIError                                 the gateway answered with an error
│ ├ BadRequestError 400
│ ├ AuthenticationError 401
│ ├ PermissionDeniedError 403
│ ├ NotFoundError 404
│ ├ ConflictError 409
│ ├ RateLimitError 429
│ ├ NotImplementedByGatewayError 501
│ └ ServerError 5xx
├ DecodeError                              the answer is not what the contract says; quotes its beginning
├ StreamInterruptedError                   a listen that could not be resumed; ``.next_event_idx``
├ PollTimeoutError (TimeoutError)          ``wait`` gave up; ``.run_id``, ``.status``
├ RunFailedError                           the run ended as FAILED, where only its text was asked for
├ ParseError (ValueError)                  the answer is not the object that was asked for; ``.text`` is its beginning
├ ToolError                                a tool did not do its work, and that was to end the tool loop
├ TooManyRoundsError                       the model went on calling tools; ``.rounds`` were answered
└ UnsupportedOperationError (NotImplementedError)   this gateway cannot do that

Arguments of a wrong type or value raise the built-in ``TypeError`` or ``ValueError`` before anything is sent.
Every error here can be pickled and copied, and none of them holds a credential.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from yc_runs._lazy import lazy

if TYPE_CHECKING:
    from yc_runs.errors._runs import (
        ParseError,
        PollTimeoutError,
        RunFailedError,
        StreamInterruptedError,
        ToolError,
        TooManyRoundsError,
    )

__all__ = [
    "APIError",
    "AuthenticationError",
    "BadRequestError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "ConnectionLostError",
    "CredentialsError",
    "DecodeError",
    "NotFoundError",
    "NotImplementedByGatewayError",
    "ParseError",
    "PermissionDeniedError",
    "PollTimeoutError",
    "RateLimitError",
    "RequestTimeoutError",
    "RunFailedError",
    "RunsError",
    "ServerError",
    "StreamInterruptedError",
    "TooManyRoundsError",
    "ToolError",
    "UnsupportedOperationError",
]


class RunsError(Exception):
    """Base of all errors of this package.

    ``maybe_applied`` is True where a write (create, submit, update, delete) may have been carried out although
    the call failed: look at the gateway's state before sending it again. ``client_request_id`` is the id that this
    client sent along with the request that failed, None where no request did.
    """

    maybe_applied: bool
    client_request_id: str | None = None

    def __init__(self, message: str, *, maybe_applied: bool = False) -> None:
        super().__init__(message)
        self.maybe_applied = maybe_applied


class ConfigurationError(RunsError, ValueError):
    """The client cannot work as it was configured; nothing was sent."""


class CredentialsError(RunsError):
    """A token could not be obtained or renewed. The request that needed it was not sent.

    ``retryable`` is True where the cause may pass by itself: no connection, a timeout, HTTP 429 or 5xx.
    """

    retryable: bool

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class ClientClosedError(RunsError, RuntimeError):
    """The client was closed before the call, or while it was under way."""


class ConnectionFailedError(RunsError):
    """The gateway was never reached (name lookup, connect, TLS handshake): nothing was carried out."""


class ConnectionLostError(RunsError):
    """The connection broke after the request, or a part of it, had gone out."""


class RequestTimeoutError(RunsError, TimeoutError):
    """The call's time ran out. ``phase`` is "connect", "write", "read" or "total".

    ``next_event_idx`` is that of a listen whose ``timeout`` was over: all events before it were delivered, and
    ``run.listen(events_start_idx=error.next_event_idx)`` goes on from there. Else it is None.
    """

    phase: str
    next_event_idx: int | None = None

    def __init__(self, message: str, *, phase: str = "total", maybe_applied: bool = False) -> None:
        super().__init__(message, maybe_applied=maybe_applied)
        self.phase = phase


class APIError(RunsError):
    """The gateway answered with an error.

    ``status`` is the HTTP status, ``code`` the gRPC code (0 to 16) or a text code where the gateway gave one,
    ``message`` the gateway's own words, ``details`` its structured details, ``retry_after`` the pause it asked
    for in seconds. ``request_id`` and ``trace_id`` are what the service's support asks for;
    ``client_request_id`` is the id this client sent along.
    """

    status: int
    code: int | str | None
    message: str
    details: Sequence[Any]
    request_id: str | None
    client_request_id: str | None
    trace_id: str | None
    retry_after: float | None

    def __init__(
        self,
        summary: str,
        *,
        status: int = 0,
        code: int | str | None = None,
        message: str = "",
        details: Sequence[Any] = (),
        request_id: str | None = None,
        client_request_id: str | None = None,
        trace_id: str | None = None,
        retry_after: float | None = None,
        maybe_applied: bool = False,
    ) -> None:
        super().__init__(summary, maybe_applied=maybe_applied)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.request_id = request_id
        self.client_request_id = client_request_id
        self.trace_id = trace_id
        self.retry_after = retry_after


class BadRequestError(APIError):
    """HTTP 400: the gateway refuses the arguments, or the run is not in a state that allows the call."""


class AuthenticationError(APIError):
    """HTTP 401: the credentials are missing, wrong or expired."""


class PermissionDeniedError(APIError):
    """HTTP 403: the account may not do this in this folder."""


class NotFoundError(APIError):
    """HTTP 404: there is no such object, or the account may not see it."""


class ConflictError(APIError):
    """HTTP 409: the object is being changed by somebody else, or exists already."""


class RateLimitError(APIError):
    """HTTP 429: too many requests, or a quota is used up. Nothing was carried out."""


class NotImplementedByGatewayError(APIError):
    """HTTP 501: the gateway knows the call but does not carry it out."""


class ServerError(APIError):
    """HTTP 5xx: the gateway, or what stands before it, failed."""


class DecodeError(RunsError):
    """The answer is not what the contract says. ``excerpt`` is its beginning, ``request_id`` names the exchange."""

    excerpt: str
    request_id: str | None

    def __init__(
        self, message: str, *, excerpt: str = "", request_id: str | None = None, maybe_applied: bool = False
    ) -> None:
        super().__init__(message, maybe_applied=maybe_applied)
        self.excerpt = excerpt
        self.request_id = request_id


class UnsupportedOperationError(RunsError, NotImplementedError):
    """This gateway has no such operation; nothing was sent."""


# Type checkers see the names above; a __getattr__ would have them take any name for one.
if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy(
        __name__,
        {"_runs": "ParseError PollTimeoutError RunFailedError StreamInterruptedError TooManyRoundsError ToolError"},
    )
