"""The two calls of the assistants dialect that answer with a stream, and how a stream is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import anyio
import anyio.abc
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from yc_runs.testing import _messages as m
from yc_runs.testing import _stored as stored
from yc_runs.testing._backend import Backend
from yc_runs.testing._errors import INTERNAL, GatewayError, invalid, late_body
from yc_runs.testing._framing import Framer
from yc_runs.testing._parse import parse_query
from yc_runs.testing._render import render
from yc_runs.testing._views import event_record
from yc_runs.testing._wakeup import Waiter

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
    """An ASGI response that sends each value it is handed the moment it is there, in the gateway's framing."""

    def __init__(self, backend: Backend, produce: Callable[[Emit, Sleeper], Awaitable[None]]) -> None:
        self._settings = backend.settings
        self._produce = produce

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the whole stream. A failure on the way becomes its last message."""
        framer = Framer(self._settings.framing)
        headers = [(b"content-type", framer.content_type.encode()), (b"cache-control", b"no-cache")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def emit(value: Any) -> None:
            await anyio.sleep(self._settings.latency)
            await send({"type": "http.response.body", "body": framer.message(value), "more_body": True})

        try:
            await self._produce(emit, Sleeper(scope, receive))
            end = framer.close()
        except Exception as error:
            end = framer.error(late_body(GatewayError(INTERNAL, f"{type(error).__name__}: {error}")))
        await send({"type": "http.response.body", "body": end})


def listen(backend: Backend, request: Request) -> Stream:
    """Carry out ListenRunRequest. Raises GatewayError if there is no such run."""
    query = parse_query(m.LISTEN, request.query_params.multi_items())
    stored.require(query, "run_id")
    run_id, start = query["run_id"], query.get("events_start_idx", 0)
    if start < 0:
        raise invalid(f"events_start_idx must not be negative, got {start}")
    with backend.lock:
        backend.runs.find(run_id)

    async def produce(emit: Emit, sleeper: Sleeper) -> None:
        await _follow(backend, run_id, start, emit, sleeper)

    return Stream(backend, produce)


async def _follow(backend: Backend, run_id: str, index: int, emit: Emit, sleeper: Sleeper) -> None:
    with backend.bell.listening(run_id) as waiter:
        while not sleeper.is_over:
            with backend.lock:
                run = backend.runs.find(run_id)
                records = [event_record(run, event) for event in run.session.events[index:]]
                is_over, pause = run.session.is_over, backend.runs.seconds_to_next(run)
            for record in records:
                await emit(render(m.STREAM_EVENT, record, backend.settings.style))
            index += len(records)
            if is_over:
                return
            # While events were being sent, more may have come.
            if not records:
                await sleeper.sleep(waiter, pause)


def list_messages(backend: Backend, request: Request) -> Stream:
    """Carry out ListMessagesRequest: newest first. Raises GatewayError if there is no such thread."""
    query = parse_query(m.LIST_MESSAGES, request.query_params.multi_items())
    stored.require(query, "thread_id")
    with backend.lock:
        backend.runs.settle_thread(query["thread_id"])
        messages = backend.threads.messages(query["thread_id"])

    async def produce(emit: Emit, sleeper: Sleeper) -> None:
        for message in reversed(messages):
            await emit(render(m.MESSAGE, message, backend.settings.style))

    return Stream(backend, produce)
