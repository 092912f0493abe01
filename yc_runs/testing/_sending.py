"""How a stream is sent, in any dialect: each message the moment it is there, for as long as somebody wants it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import anyio
import anyio.abc
from starlette.types import Receive, Scope, Send

from yc_runs.testing._errors import INTERNAL, GatewayError
from yc_runs.testing._framing import StreamFramer
from yc_runs.testing._settings import Settings
from yc_runs.testing._wakeup import Bell, Waiter

CLOSING = "yc_runs.closing"
"""The scope's key for a function that tells whether the server is about to stop: open streams then end."""

Emit: TypeAlias = Callable[[Any], Awaitable[None]]


class Sleeper:
    """Sleeps for a stream, and notices that nobody wants it any more."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._is_closing: Callable[[], bool] = scope.get(CLOSING, lambda: False)
        self._receive = receive
        self._is_gone = False

    @property
    def is_over(self) -> bool:
        """Whether the client has gone, or the server is about to."""
        return self._is_gone or self._is_closing()

    async def sleep(self, waiter: Waiter, seconds: float | None) -> None:
        """Sleep until woken, for ``seconds``, or until the client goes."""
        # The task lives no longer than this one sleep: a response may be read by one task after another.
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, tasks)
            await waiter.wait(seconds)
            tasks.cancel_scope.cancel()

    async def _watch(self, tasks: anyio.abc.TaskGroup) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        tasks.cancel_scope.cancel()


class Stream:
    """An ASGI response that sends each value it is handed the moment it is there, in the framer's way."""

    def __init__(
        self, settings: Settings, framer: StreamFramer, produce: Callable[[Emit, Sleeper], Awaitable[None]]
    ) -> None:
        self._settings = settings
        self._framer = framer
        self._produce = produce

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the whole stream. A failure on the way becomes its last message."""
        framer = self._framer
        headers = [(b"content-type", framer.content_type.encode()), (b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def emit(value: Any) -> None:
            await anyio.sleep(self._settings.latency)
            await send({"type": "http.response.body", "body": framer.message(value), "more_body": True})

        try:
            await self._produce(emit, Sleeper(scope, receive))
            end = framer.close()
        except Exception as error:
            end = framer.error(GatewayError(INTERNAL, f"{type(error).__name__}: {error}"))
        await send({"type": "http.response.body", "body": end})


@dataclass(frozen=True)
class News:
    """What a look at a run gives: the messages that are new, and when to look again.

    ``pause`` is in seconds; None where only the bell can tell. After the news of a run that ``is_over`` nothing comes.
    """

    messages: Sequence[Any]
    is_over: bool
    pause: float | None


async def follow(bell: Bell, topic: str, look: Callable[[], News], emit: Emit, sleeper: Sleeper) -> None:
    """Emit what each ``look`` finds, until it is over or nobody wants it any more."""
    with bell.listening(topic) as waiter:
        while not sleeper.is_over:
            news = look()
            for message in news.messages:
                await emit(message)
            if news.is_over:
                return
            # While messages were being sent, more may have come.
            if not news.messages:
                await sleeper.sleep(waiter, news.pause)
