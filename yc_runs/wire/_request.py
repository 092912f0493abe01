"""A request as a value, and what its answer means: all that passes between a dialect and the transport."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from yc_runs.errors import APIError

T_co = TypeVar("T_co", covariant=True)

_SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Request:
    """One HTTP request, but for the host and the sign-in.

    ``target`` is the path and query, percent-encoded. ``name`` is the path with placeholders, fit for logs and
    metrics; ``subject`` says in words what the request is about, fit for an error.
    """

    method: str
    target: str
    name: str
    subject: str
    body: bytes | None = field(default=None, repr=False)

    @property
    def is_write(self) -> bool:
        """Sending it twice could do something twice."""
        return self.method not in _SAFE_METHODS


@dataclass(eq=False, repr=False)
class Call(Generic[T_co]):
    """A request and the function that reads the body of its answer, raising ``ValueError`` if it cannot.

    ``instead`` gives the call to make in its place where the gateway refused it with HTTP 400 or 404; None, or a
    function that gives None, where there is none.
    """

    request: Request
    decode: Callable[[bytes], T_co]
    instead: Callable[[APIError], Call[T_co] | LiveCall[T_co] | None] | None = None

    @property
    def subject(self) -> str:
        """In words what the call is about."""
        return self.request.subject


@dataclass(eq=False, repr=False)
class StreamCall(Generic[T_co]):
    """A request whose answer is a stream, and the function that reads one of its documents, raising ``ValueError``."""

    request: Request
    decode: Callable[[bytes], T_co]


@dataclass(eq=False, repr=False)
class LiveCall(Generic[T_co]):
    """A request whose answer is a stream that begins with what was asked for, and goes on with its events.

    ``decode`` reads one document, and gives None as long as what was asked for is not in; it raises ``ValueError``.
    ``instead`` is that of ``Call``.
    """

    request: Request
    decode: Callable[[bytes], T_co | None]
    instead: Callable[[APIError], Call[T_co] | LiveCall[T_co] | None] | None = None


@dataclass(eq=False, repr=False)
class LocalCall(Generic[T_co]):
    """A call that no request is needed for: ``carry_out`` gives its answer."""

    carry_out: Callable[[], T_co]
    subject: str = "a call that is carried out here"


def target(path: str, query: Mapping[str, str | int | None]) -> str:
    """The path with those arguments that are set."""
    arguments = {name: value for name, value in query.items() if value is not None and value != ""}
    return f"{path}?{urlencode(arguments, quote_via=quote)}" if arguments else path


def segment(kind: str, value: str) -> str:
    """An id as one path segment, percent-encoded, so that it can never reach another endpoint."""
    return quote(check_id(kind, value), safe="")


def check_id(kind: str, value: str) -> str:
    """``value`` itself, if it can be an id.

    Raises ``TypeError`` for what is not a str, and ``ValueError`` for an empty one, for ``.`` and ``..``, and for
    one with control characters or of more than 1024 characters.
    """
    if not isinstance(value, str):
        raise TypeError(f"{kind} id: expected a str, got {type(value).__name__}")
    if not value or not value.isprintable() or value in (".", "..") or len(value) > 1024:
        raise ValueError(f"{kind} id: {value!r:.100} cannot be an id")
    return value


def dump(body: Mapping[str, Any]) -> bytes:
    """The JSON of a request's body, without the members that are None.

    Raises ``ValueError`` for NaN, infinity and half a surrogate pair.
    """
    members = {name: value for name, value in body.items() if value is not None}
    try:
        return json.dumps(members, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:
        raise ValueError(f"the request cannot be sent as JSON: {error}; nothing was sent") from None
