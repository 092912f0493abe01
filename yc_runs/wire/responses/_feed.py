"""Where a listen has a run's events from: which stream to open, and what to do where there is none. Pure.

The ways, from the best to the last: the stream that the turn's own request was answered with, as long as it is held;
a stream taken up after the last document; a stream begun anew, of which what was seen is dropped; looking.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from yc_runs.errors import APIError
from yc_runs.models import RunData, RunStreamEvent
from yc_runs.wire._request import Call, Request, StreamCall, segment, target
from yc_runs.wire.faults import LateFaultError
from yc_runs.wire.responses._events import TURN_SIZE, TurnReader

if TYPE_CHECKING:
    from yc_runs.errors import RunsError
    from yc_runs.wire.responses._chain import RunChain

RESPONSES = "/v1/responses"
_ONE = f"{RESPONSES}/{{response_id}}"
_REFUSALS = frozenset({400, 404, 405, 406, 409, 415, 422, 501})


class ResponseFeed:
    """One listen's way through the responses of a run."""

    def __init__(self, chain: RunChain) -> None:
        self._is_polled = not chain.may_stream
        self._chain = chain
        self._readers: dict[int, TurnReader] = {}
        self._takes_up = True

    def is_polled(self, next_index: int) -> bool:
        """Whether the response that the index is in is to be looked at."""
        return self._is_polled or not self._chain.response_id(self._turn_of(next_index))

    def has_begun(self, next_index: int) -> bool:
        """Whether there is a response that the index is in, or none is to come that could be."""
        return next_index // TURN_SIZE <= self._chain.turn or not self._chain.waits

    def has_read(self, next_index: int) -> bool:
        """Whether a document of the turn that the index is in was read already."""
        return next_index // TURN_SIZE in self._readers

    def call(self, next_index: int) -> StreamCall[RunStreamEvent | None]:
        """GET the stream of the response that the index is in, after what was read of it where that may be."""
        turn = self._turn_of(next_index)
        reader = self._readers.get(turn)
        goes_on = self._takes_up and reader is not None and reader.seen >= 0
        query = {"stream": "true", "starting_after": reader.seen if reader and goes_on else None}
        path = target(f"{RESPONSES}/{segment('run', self._chain.response_id(turn))}", query)
        subject = f"listen to run {self._chain.id!r} from event {next_index}"
        return StreamCall(Request("GET", path, _ONE, subject), self._decoder(turn, goes_on=goes_on))

    def look(self, next_index: int) -> Call[RunData]:
        """GET the response that the index is in."""
        return self._chain.look_at(self._turn_of(next_index))

    def resort(self, cause: RunsError | None, *, is_hopeless: bool) -> bool:
        """Go over to the next way, if the one that failed cannot work and there is one."""
        is_refusal = isinstance(cause, APIError) and cause.status in _REFUSALS
        if self._is_polled or not (is_hopeless or is_refusal):
            return False
        self._is_polled = not self._takes_up or is_hopeless or not self._has_seen()
        self._takes_up = False
        return True

    def _turn_of(self, index: int) -> int:
        """The turn that an index is in, the last one for what is behind it."""
        return min(index // TURN_SIZE, self._chain.turn)

    def _has_seen(self) -> bool:
        return any(reader.seen >= 0 for reader in self._readers.values())

    def _decoder(self, turn: int, *, goes_on: bool) -> Callable[[bytes], RunStreamEvent | None]:
        """What reads one stream: its first document begins the turn's reader, or has it begin anew."""
        opened: list[TurnReader] = []

        def decode(document: bytes) -> RunStreamEvent | None:
            if not opened:
                opened.append(self._opened(turn, goes_on=goes_on))
            try:
                event = opened[0].read(document)
            except LateFaultError:
                raise
            except ValueError:
                # Whatever it was: what follows in a stream that was taken up cannot be trusted.
                self._takes_up = False
                raise
            self._is_polled = self._is_polled or opened[0].is_whole
            return event

        return decode

    def _opened(self, turn: int, *, goes_on: bool) -> TurnReader:
        if turn not in self._readers:
            # A new turn may be streamed where the last one could not be had again.
            self._is_polled = not self._chain.may_stream
            self._readers[turn] = TurnReader(turn, lambda response: self._chain.take(response, turn))
        self._readers[turn].restart(goes_on=goes_on)
        return self._readers[turn]
