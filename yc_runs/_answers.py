"""The outside of the last answer: its status and headers, for whoever needs more than the models tell. Pure."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RawResponse:
    """Status and headers of an answer. ``headers`` are asked without regard to case."""

    status: int
    headers: Mapping[str, str]
    client_request_id: str | None = None

    @property
    def request_id(self) -> str | None:
        """The gateway's id of the request."""
        return self.headers.get("x-request-id")

    @property
    def trace_id(self) -> str | None:
        """The service's id of the trace that the request belongs to."""
        return self.headers.get("x-server-trace-id")


class LastAnswer:
    """The last answer that each task and thread got from one client.

    A context variable of its own for each client would never go: the contexts that it was set in keep it. So there is
    one for all, which knows the clients by weak references.
    """

    def __init__(self) -> None:
        self._me: weakref.ref[LastAnswer] = weakref.ref(self)

    def get(self) -> RawResponse | None:
        """The last answer of this task or thread, None where it has had none."""
        return next((answer for owner, answer in _last_answers.get() if owner() is self), None)

    def set(self, answer: RawResponse) -> None:
        """Keep the answer for this task or thread."""
        others = (pair for pair in _last_answers.get() if pair[0]() not in (None, self))
        _last_answers.set((*others, (self._me, answer)))


_Answers = tuple[tuple["weakref.ref[LastAnswer]", RawResponse], ...]

_last_answers: ContextVar[_Answers] = ContextVar("yc_runs_last_answers", default=())
