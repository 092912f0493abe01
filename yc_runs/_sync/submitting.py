# Generated from yc_runs/_async/submitting.py by tools/generate_sync.py; do not edit.
"""Sending tool results in, once: what may have arrived already is looked for before it is sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yc_runs._deadline import Deadline
from yc_runs._sync.sending import IDLE_TIMEOUT
from yc_runs._sync.starting import start
from yc_runs._sync.stream import Stream
from yc_runs._sync.transport import Transport
from yc_runs._unset import Timeout
from yc_runs.errors import RunsError
from yc_runs.models import RunData, ToolResultList
from yc_runs.policy import is_passing
from yc_runs.wire import RunWire, Turns

PAUSES_IN_DOUBT = (0.0, 0.25, 0.75)
"""Seconds before each look at a round in doubt: the gateway may show answered calls for a moment more."""

PAUSES_FOR_ROUND = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each look for the round that the stream has told of."""


def submit(
    wire: RunWire,
    results: ToolResultList,
    turns: Turns,
    look: Callable[[float | None], RunData],
    transport: Transport,
    timeout: Timeout,
) -> Stream[Any] | None:
    """Send the results, unless an earlier submit of the same round turns out to have arrived.

    Gives the answer, open to be read on, where it is the stream of the next turn. ``timeout`` in seconds covers the
    looks too. Raises the errors of ``yc_runs.errors``.
    """
    deadline = transport.deadline(timeout)
    if turns.is_in_doubt:
        if _has_arrived(turns, look, transport, deadline):
            return None
        turns.send_anyway()
    elif turns.must_look:
        _learn_round(turns, look, transport, deadline)
    call = wire.submit(results)
    try:
        _, stream = start(transport, call, deadline.left(transport.clock.now()), IDLE_TIMEOUT)
    except BaseException as error:
        # What is no error of ours, such as a cancellation, has cut the submit off at an unknown place.
        if not isinstance(error, RunsError) or error.maybe_applied:
            turns.doubted()
        raise
    turns.submitted()
    return stream


def _has_arrived(
    turns: Turns,
    look: Callable[[float | None], RunData],
    transport: Transport,
    deadline: Deadline,
) -> bool:
    for pause in PAUSES_IN_DOUBT:
        transport.clock.sleep(pause)
        look(deadline.left(transport.clock.now()))
        if not turns.is_in_doubt:
            return True
    return False


def _learn_round(
    turns: Turns,
    look: Callable[[float | None], RunData],
    transport: Transport,
    deadline: Deadline,
) -> None:
    """Learn which calls are being answered, so that ``wait`` can tell them from the next.

    The stream may be ahead: as long as the gateway shows the calls answered last, the new ones are still to come.
    """
    for pause in PAUSES_FOR_ROUND:
        if not deadline.allows(pause, transport.clock.now()):
            return
        if pause:
            transport.clock.sleep(pause)
        data = _look_if_possible(look, deadline.left(transport.clock.now()))
        if data is None or not turns.is_answered(data):
            return


def _look_if_possible(look: Callable[[float | None], RunData], timeout: float | None) -> RunData | None:
    """What the gateway shows; None where it cannot show it for the moment."""
    try:
        return look(timeout)
    except RunsError as error:
        if not is_passing(error):
            raise
        return None
