"""How an app breaks the connection that it answers on: whoever runs the app tells it how, in the scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from starlette.types import Message, Receive, Scope

BREAK = "yc_runs.break_connection"
"""The scope's key for a function that breaks the connection: it raises, or the app is told ``http.disconnect``."""

Break = Literal["refused", "reset", "closed"]
BreakConnection: TypeAlias = Callable[[Break], None]


async def break_connection(how: Break, scope: Scope, receive: Receive) -> None:
    """Break the connection, after the bytes that were sent; returns or raises once it is broken."""
    breaker: BreakConnection = scope.get(BREAK, _only_raise)
    breaker(how)
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_request(receive: Receive) -> Receive:
    """Read the whole request; gives a ``receive`` that tells it again, for an app that comes later."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


def _only_raise(how: Break) -> None:
    # Some other server: an app that raises is all that it understands.
    raise ConnectionResetError(f"a fault of the gateway: the connection is {how}")
