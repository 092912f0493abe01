"""Calls that set a run going: their answer may go on as the stream of the run's events, and is held then."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

from yc_runs._async.stream import AsyncStream
from yc_runs._async.transport import AsyncTransport
from yc_runs._deadline import Deadline
from yc_runs._unset import Timeout
from yc_runs.errors import APIError, BadRequestError, NotFoundError
from yc_runs.wire import Call, LiveCall, StartCall

T = TypeVar("T")


async def start(
    transport: AsyncTransport, call: StartCall[T], timeout: Timeout, idle_timeout: float
) -> tuple[T, AsyncStream[Any] | None]:
    """What a call gives, and its answer, open to be read on, where it is a live one.

    ``timeout`` is in seconds and covers all attempts; ``idle_timeout``: the most seconds between two pieces of what
    follows. Where the gateway refuses the call and another can be made instead, that is made.
    Raises the errors of ``yc_runs.errors``.
    """
    deadline = transport.deadline(timeout)
    try:
        if isinstance(call, Call):
            return await transport.call(call, timeout=timeout), None
        return await transport.carry_out(call.request, partial(_open, transport, call, idle_timeout), timeout)
    except (BadRequestError, NotFoundError) as error:
        other = _instead(call, error)
        if other is None:
            raise
    return await start(transport, other, deadline.left(transport.clock.now()), idle_timeout)


def _instead(call: StartCall[T], error: APIError) -> StartCall[T] | None:
    return None if call.instead is None else call.instead(error)


async def _open(
    transport: AsyncTransport, call: LiveCall[T], idle_timeout: float, deadline: Deadline, attempt: int
) -> tuple[T, AsyncStream[Any]]:
    stream = await AsyncStream(transport, call, deadline, idle_timeout, attempt).open()
    try:
        told = await stream.next()
        if told is None:
            raise stream.broken_off("the answer ended before it told of the run")
    except BaseException as error:
        await stream.close(error)
        raise
    return told, stream
