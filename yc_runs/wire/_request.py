"""A request as a value, and what its answer means: all that passes between a dialect and the transport."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

T = TypeVar("T")

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


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request and the function that reads the body of its answer, raising ``ValueError`` if it cannot."""

    request: Request
    decode: Callable[[bytes], T]


@dataclass(frozen=True)
class StreamCall(Generic[T]):
    """A request whose answer is a stream, and the function that reads one of its documents, raising ``ValueError``."""

    request: Request
    decode: Callable[[bytes], T]


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
    """The JSON of a request's body, without the members that are None. Raises ``ValueError`` for NaN or infinity."""
    members = {name: value for name, value in body.items() if value is not None}
    return json.dumps(members, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
