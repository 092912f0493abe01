"""The ways in which a gateway can be told to misbehave, as plain values. ``LocalGateway.faults`` takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeAlias, get_args

from yc_runs._arguments.checks import flag, seconds, whole

LISTEN = "*/runs/listen"
"""The path of the call that streams a run's events."""

CutHow = Literal["clean", "reset", "truncated", "late_error", "html", "stall"]
"""How a stream breaks. ``clean``: the answer ends as if it were complete; ``reset``: the connection is reset;
``truncated``: it is closed in the middle of the answer; ``late_error``: ``{"error": {...}}`` with code 14 is the last
message; ``html``: a proxy's error page follows, and ends it; ``stall``: nothing follows, and the stream stays open."""

DropHow = Literal["reset", "closed"]
"""How a connection breaks before any answer: it is reset, or closed in good order."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to misbehave, and the requests it is for.

    ``method`` is an HTTP verb, ``path`` a pattern in which ``*`` stands for any text, ``/`` too: ``"*/runs"``,
    ``"*/runs/submit"``; None for any. One that has a ``?`` is for path and query:
    ``"*/v1/responses/*?stream=true*"``. ``times`` is how many requests it meets, None for all that come.
    Raises ``TypeError`` or ``ValueError`` for what makes no sense.
    """

    method: str | None = None
    path: str | None = None
    times: int | None = 1

    def __post_init__(self) -> None:
        _check_count("times", self.times, least=1)
        _check_kind("method", self.method, str, "a str, or None")
        _check_kind("path", self.path, str, "a str, or None")
        if self.path is not None and not self.path.startswith(("/", "*", "?", "[")):
            raise ValueError(f"path {self.path!r:.100} meets no request: begin with / or *")

    def matches(self, method: str, path: str, query: str = "") -> bool:
        """Whether a request is one of those it is for; ``path`` is not percent-encoded, ``query`` as it came."""
        if (self.method or method).upper() != method:
            return False
        target = f"{path}?{query}" if "?" in (self.path or "") else path
        return self.path is None or fnmatchcase(target, self.path)


@dataclass(frozen=True, kw_only=True)
class CutStream(Fault):
    """Breaks a stream after so many events, or so many bytes, of the body; with neither, before its first byte.

    Only streams are cut. One that ends before the place of the cut is left whole.
    """

    path: str | None = LISTEN
    after_events: int | None = None
    after_bytes: int | None = None
    how: CutHow = "clean"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_count("after_events", self.after_events)
        _check_count("after_bytes", self.after_bytes)
        _check_choice("how", self.how, get_args(CutHow))
        if self.after_events is not None and self.after_bytes is not None:
            raise ValueError("give after_events or after_bytes, not both")


@dataclass(frozen=True)
class Answer(Fault):
    """Answers with another status. The call itself is not carried out, unless ``carried_out`` is set.

    ``retry_after`` is the ``Retry-After`` header's seconds. ``body`` is sent as it is where it is ``bytes`` or
    ``str`` (as HTML where it begins with ``<``), and as JSON otherwise; None is the gateway's own error for the status.
    """

    status: int
    body: str | bytes | Mapping[str, Any] | Sequence[Any] | None = None
    retry_after: float | None = None
    headers: Mapping[str, str] | None = None
    carried_out: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if whole("status", self.status) not in range(200, 600):
            raise ValueError(f"status must be from 200 to 599, not {self.status}")
        seconds("retry_after", self.retry_after)
        _check_kind("body", self.body, (str, bytes, Mapping, Sequence), "a str, bytes, or what JSON can hold, or None")
        _check_kind("headers", self.headers, Mapping, "a dict of str to str, or None")
        if not all(isinstance(part, str) for pair in (self.headers or {}).items() for part in pair):
            raise TypeError("headers must be a dict of str to str, or None")
        flag("carried_out", self.carried_out)


@dataclass(frozen=True, kw_only=True)
class Drop(Fault):
    """Breaks the connection: ``before`` it is made, before the ``request`` is carried out, or before its ``answer``.

    Before the answer: the call is carried out, and its answer lost. A served gateway can no more refuse a connection
    once it knows the request, so there ``"connect"`` is the same as ``"request"``.
    """

    before: Literal["connect", "request", "answer"] = "request"
    how: DropHow = "reset"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_choice("before", self.before, ("connect", "request", "answer"))
        _check_choice("how", self.how, get_args(DropHow))


@dataclass(frozen=True)
class Drip(Fault):
    """Sends the body of the answer byte by byte, with ``seconds`` before each."""

    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        seconds("seconds", self.seconds, needed=True)


@dataclass(frozen=True, kw_only=True)
class Stall(Fault):
    """Says nothing for ``seconds``, or for as long as the client stays, and then goes on.

    ``before`` the ``request`` is carried out, or after it and before the ``answer``.
    """

    seconds: float | None = None
    before: Literal["request", "answer"] = "request"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_choice("before", self.before, ("request", "answer"))
        seconds("seconds", self.seconds)


AnyFault: TypeAlias = CutStream | Answer | Drop | Drip | Stall


@dataclass(frozen=True)
class Happened:
    """A fault that was carried out, and the request that it met."""

    fault: Fault
    method: str
    path: str


def _check_count(name: str, value: int | None, least: int = 0) -> None:
    if value is not None:
        whole(name, value, least)


def _check_kind(name: str, value: object, kind: type | tuple[type, ...], words: str) -> None:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{name} must be {words}, not {value!r:.100}")


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
