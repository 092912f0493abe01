# Generated from yc_runs/_async/submitting.py by tools/generate_sync.py; do not edit.
"""Sending tool results in, once: what may have arrived already is looked for before it is sent again."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from yc_runs._deadline import Deadline
from yc_runs._sync.held import Held
from yc_runs._sync.lease import place_here
from yc_runs._sync.lock import Lock
from yc_runs._sync.sending import IDLE_TIMEOUT
from yc_runs._sync.starting import start
from yc_runs._sync.transport import Transport
from yc_runs.errors import APIError, BadRequestError, RequestTimeoutError, RunsError
from yc_runs.models import RunData, ToolResultList
from yc_runs.policy import is_passing
from yc_runs.wire import RunWire

PAUSES_IN_DOUBT = (0.0, 0.25, 0.75)
"""Seconds before each look at a round in doubt: the gateway may show answered calls for a moment more."""

PAUSES_FOR_ROUND = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds before each look for the round that the stream has told of."""

_locks: WeakKeyDictionary[RunWire, dict[tuple[Any, ...], Lock]] = WeakKeyDictionary()


@dataclass
class Submitting:
    """One submit, in its turn: a run takes one at a time, also from several objects that have its ``wire`` in common.

    ``look`` shows the run; ``held`` gets the answer, where it goes on as the stream of the next turn. The
    ``deadline`` covers the looks too.
    """

    run_id: str
    wire: RunWire
    look: Callable[[float | None], RunData]
    held: Held
    transport: Transport
    deadline: Deadline

    def send(self, results: ToolResultList) -> None:
        """Send the results, unless an earlier submit of the same round turns out to have arrived.

        Raises the errors of ``yc_runs.errors``: ``BadRequestError`` where another submit has answered the calls while
        this one waited for its end.
        """
        turn, lock = self.wire.turn, _lock_of(self.wire)
        if not lock.acquire(self._left()):
            raise self._out_of_time()
        try:
            if self.wire.turn != turn:
                raise self._answered_meanwhile()
            self._send(results)
        finally:
            lock.release()

    def _send(self, results: ToolResultList) -> None:
        turns = self.wire.turns
        was_in_doubt = turns.is_in_doubt
        if was_in_doubt and self._has_arrived():
            return
        if turns.must_look and not was_in_doubt:
            self._learn_round()
        call = self.wire.submit(results)
        turns.send_anyway()
        try:
            _, answer = start(self.transport, call, self._left(), IDLE_TIMEOUT)
        except BaseException as error:
            # What is no error of ours, such as a cancellation, has cut the submit off at an unknown place.
            is_unclear = not isinstance(error, RunsError) or error.maybe_applied
            stays_in_doubt = was_in_doubt and not turns.is_settled_by_looks
            if is_unclear or stays_in_doubt:
                turns.doubted()
            if not (stays_in_doubt and isinstance(error, APIError)):
                raise
            # What was at work when it was looked for may have ended meanwhile.
            if self._has_arrived():
                return
            raise _in_doubt(error) from error
        turns.submitted()
        self.held.put(self.wire.turn, answer)

    def _has_arrived(self) -> bool:
        for pause in PAUSES_IN_DOUBT:
            self.transport.clock.sleep(pause)
            self.look(self._left())
            if not self.wire.turns.is_in_doubt:
                return True
        return False

    def _learn_round(self) -> None:
        """Learn which calls are being answered, so that ``wait`` can tell them from the next.

        The stream may be ahead: as long as the gateway shows the calls answered last, the new ones are still to come.
        """
        clock = self.transport.clock
        for pause in PAUSES_FOR_ROUND:
            if not self.deadline.allows(pause, clock.now()):
                return
            if pause:
                clock.sleep(pause)
            data = self._look_if_possible()
            if data is None or not self.wire.turns.is_answered(data):
                return

    def _look_if_possible(self) -> RunData | None:
        """What the gateway shows; None where it cannot show it for the moment."""
        try:
            return self.look(self._left())
        except RunsError as error:
            if not is_passing(error):
                raise
            return None

    def _left(self) -> float | None:
        return self.deadline.left(self.transport.clock.now())

    def _answered_meanwhile(self) -> BadRequestError:
        told = "another submit has answered these calls meanwhile"
        advice = "wait() for what comes of it."
        return BadRequestError(
            f"submit tool results to run {self.run_id!r}: {told}. Nothing was sent: {advice}", status=400, message=told
        )

    def _out_of_time(self) -> RequestTimeoutError:
        return RequestTimeoutError(
            f"submit tool results to run {self.run_id!r}: another submit did not end within "
            f"{self.deadline.timeout:g} s. Nothing was sent: look at the run before submitting again."
        )


def _in_doubt(error: APIError) -> APIError:
    """The refusal of results that an earlier submit, whose answer was lost, may have brought."""
    told = copy.copy(error)
    words = (
        f"{error} An earlier submit, whose answer was lost, may have been carried out: its response can be told by its "
        "end alone, and the thread does not show that yet. Submit again in a moment: that looks there first. Or wait()."
    )
    told.args = (words,)
    told.maybe_applied = True
    return told


def _lock_of(wire: RunWire) -> Lock:
    """The lock of a run in this process and event loop."""
    return _locks.setdefault(wire, {}).setdefault(place_here(), Lock())
