"""The two calls of the assistants dialect that answer with a stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request

from yc_runs.testing import _messages as m
from yc_runs.testing import _stored as stored
from yc_runs.testing._backend import Backend
from yc_runs.testing._errors import invalid
from yc_runs.testing._framing import Framer
from yc_runs.testing._parse import parse_query
from yc_runs.testing._render import render
from yc_runs.testing._sending import Emit, News, Sleeper, Stream, follow
from yc_runs.testing._views import event_record


def listen(backend: Backend, request: Request) -> Stream:
    """Carry out ListenRunRequest. Raises GatewayError if there is no such run."""
    query = parse_query(m.LISTEN, request.query_params.multi_items())
    stored.require(query, "run_id")
    run_id, index = query["run_id"], query.get("events_start_idx", 0)
    if index < 0:
        raise invalid(f"events_start_idx must not be negative, got {index}")
    with backend.lock:
        backend.runs.find(run_id)

    def look() -> News:
        nonlocal index
        with backend.lock:
            run = backend.runs.find(run_id)
            records = [event_record(run, event) for event in run.session.events[index:]]
            is_over, pause = run.session.is_over, backend.runs.seconds_to_next(run)
        index += len(records)
        return News([render(m.STREAM_EVENT, record, backend.settings.style) for record in records], is_over, pause)

    async def produce(emit: Emit, sleeper: Sleeper) -> None:
        await follow(backend.bell, run_id, look, emit, sleeper)

    return _stream(backend, produce)


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

    return _stream(backend, produce)


def _stream(backend: Backend, produce: Callable[[Emit, Sleeper], Awaitable[None]]) -> Stream:
    return Stream(backend.settings, Framer(backend.settings.framing), produce)
