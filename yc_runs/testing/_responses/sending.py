"""The answers that take time: a stream of events, and a response that is sent when it has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from yc_runs.testing._endpoints import json_response
from yc_runs.testing._responses.errors import ParameterError
from yc_runs.testing._responses.framing import EventFramer
from yc_runs.testing._responses.render import event_object, response_object
from yc_runs.testing._responses.stored import StoredResponse
from yc_runs.testing._sending import Emit, News, Sleeper, Stream, follow

if TYPE_CHECKING:
    from yc_runs.testing._backend import Backend


def streamed(backend: Backend, response: StoredResponse) -> ASGIApp:
    """Answer the call that created a response with all of its events."""

    async def produce(emit: Emit, sleeper: Sleeper) -> None:
        try:
            await _follow(backend, response, 0, emit, sleeper)
        finally:
            _abandon(backend, response)

    return Stream(backend.settings, EventFramer(backend.settings.quirks), produce)


def resumed(backend: Backend, response: StoredResponse, starting_after: int) -> ASGIApp:
    """Send a response's events from the one after ``starting_after`` on. Raises ParameterError where that cannot be."""
    quirks = backend.settings.quirks
    if "no-resume" in quirks or not (response.is_background and response.request.stream):
        message = f"Response {response.id} cannot be streamed: it was not created with background and stream."
        raise ParameterError(message, "stream")
    start = 0 if "ignores-starting-after" in quirks else starting_after + 1

    async def produce(emit: Emit, sleeper: Sleeper) -> None:
        await _follow(backend, response, start, emit, sleeper)

    return Stream(backend.settings, EventFramer(quirks), produce)


def answer_at_end(backend: Backend, response: StoredResponse) -> ASGIApp:
    """Answer the call that created a response with the whole of it, once it has ended."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await _wait(backend, response, Sleeper(scope, receive))
        finally:
            _abandon(backend, response)
        await json_response(200, response_object(response, response.status, backend.settings.quirks))(
            scope, receive, send
        )

    return answer


async def _follow(backend: Backend, response: StoredResponse, index: int, emit: Emit, sleeper: Sleeper) -> None:
    def look() -> News:
        nonlocal index
        with backend.lock:
            backend.responses.bring_up_to_date(response)
            numbers = range(index, len(response.log.events))
            quirks = backend.settings.quirks
            events = [event_object(response, number, quirks) for number in numbers]
            is_over, pause = response.is_over, backend.responses.seconds_to_next(response)
        index += len(events)
        return News(events, is_over, pause)

    await follow(backend.bell, response.id, look, emit, sleeper)


async def _wait(backend: Backend, response: StoredResponse, sleeper: Sleeper) -> None:
    def look() -> News:
        with backend.lock:
            backend.responses.bring_up_to_date(response)
            return News((), response.is_over, backend.responses.seconds_to_next(response))

    async def emit(value: object) -> None:
        """Send nothing: there is no news but the end."""

    await follow(backend.bell, response.id, look, emit, sleeper)


def _abandon(backend: Backend, response: StoredResponse) -> None:
    """End a response for which somebody waited and does no more."""
    if not response.is_background:
        with backend.lock:
            response.cancel()
