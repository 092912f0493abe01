"""The steps by which credentials sign a request: what they need, not how it is done.

Credentials describe their work as a pure generator of steps and never wait themselves. A step says what is needed
(send this request, wait for that renewal, call this function); what carries it out, by blocking or by awaiting,
hands the result or the exception back into the generator.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from yc_runs.auth._flight import Flight

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Ask:
    """Send a request of the credentials' own and read the whole answer."""

    request: httpx.Request


@dataclass(frozen=True, eq=False)
class Read:
    """Read the rest of an answer, so that its connection is free again."""

    response: httpx.Response


@dataclass(frozen=True, eq=False)
class Wait:
    """Wait for somebody else's renewal, ``patience`` seconds at most."""

    renewal: Flight[Any]
    patience: float


@dataclass(frozen=True, eq=False)
class Call:
    """Call a function of the user's, which may be a coroutine function."""

    function: Callable[[], Any]


Outgoing = httpx.Request | Ask
"""What goes over the wire. A bare request is the user's own: it is signed, and its answer comes back unread."""

Errand = Read | Wait | Call
"""What is done on the spot."""

Steps = Generator[Outgoing | Errand, Any, T]


def advance(steps: Steps[None], answer: Any, error: BaseException | None) -> Outgoing | Errand | None:
    """Hand a step's answer or error to ``steps`` and return the next step, None at the end."""
    try:
        return steps.send(answer) if error is None else steps.throw(error)
    except StopIteration:
        return None
