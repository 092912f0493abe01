"""What the layers above ask of a dialect for one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from yc_runs.errors import RunsError
    from yc_runs.models import RunData, RunStreamEvent, ToolResultList
    from yc_runs.wire._dialect import StartCall
    from yc_runs.wire._request import Call, StreamCall


class Feed(Protocol):
    """Where one listen has a run's events from: the calls to open one stream after another, while there are any."""

    def is_polled(self, next_index: int) -> bool:
        """Whether there is no stream (any more) of the turn that an index is in: the run is looked at instead."""
        ...

    def has_begun(self, next_index: int) -> bool:
        """Whether the turn that an index is in has begun: there is nothing to listen to before."""
        ...

    def has_read(self, next_index: int) -> bool:
        """Whether a stream of the turn that an index is in was read already."""
        ...

    def call(self, next_index: int) -> StreamCall[RunStreamEvent | None]:
        """Stream the events from an index on. A document may be no event.

        It also reads on in the answer that began the turn, as long as nothing of the turn was read.
        """
        ...

    def look(self, next_index: int) -> Call[RunData]:
        """Look at the run as it is, or was, in the turn that an index is in."""
        ...

    def resort(self, cause: RunsError | None, *, is_hopeless: bool) -> bool:
        """Whether there is another way than the one that failed; it is taken from now on.

        ``is_hopeless``: the way was tried as often as it may be. Otherwise only a refusal leads to another.
        """
        ...


class Turns(Protocol):
    """Which of a run's tool calls wait for results, which were answered, and which may have been.

    A submit whose outcome is unknown is in doubt until a look shows that it had arrived. ``is_settled_by_looks``:
    looks that do not show it mean that it had not. Otherwise it may show itself later.
    """

    is_settled_by_looks: bool

    @property
    def is_in_doubt(self) -> bool:
        """Whether a submit may have arrived, and nothing has been seen yet that settles it."""
        ...

    @property
    def must_look(self) -> bool:
        """Whether the run must be looked at before its calls can be answered."""
        ...

    def saw(self, run: RunData) -> None:
        """The gateway has shown the run."""
        ...

    def heard(self, event: RunStreamEvent) -> None:
        """The stream has told of something."""
        ...

    def submitted(self) -> None:
        """The results have been accepted."""
        ...

    def doubted(self) -> None:
        """The results may have arrived, or not."""
        ...

    def send_anyway(self) -> None:
        """Some looks have not shown that they had arrived: they are sent again."""
        ...

    def is_answered(self, run: RunData) -> bool:
        """Whether the run still shows calls that were answered."""
        ...


class RunWire(Protocol):
    """One run, as its gateway has it: the calls that are made for it.

    ``turn_size``: None where a run is one stream of events, numbered without gaps. Otherwise each turn (what comes
    between two submits) has a stream of its own, which its tool calls end, and whose events have indexes from the
    turn's number times this size on, growing, with gaps. A turn that was answered is then not shown again.
    """

    @property
    def turn_size(self) -> int | None: ...

    @property
    def turn(self) -> int:
        """The number of the turn that the run is in, from 0; always 0 where the turns are one stream."""
        ...

    @property
    def response_ids(self) -> tuple[str, ...]:
        """The ids under which the gateway keeps the run, one for each turn; empty where it has only its own."""
        ...

    @property
    def turns(self) -> Turns:
        """What is known of its calls."""
        ...

    def look(self) -> Call[RunData]:
        """Look at the run."""
        ...

    def submit(self, results: ToolResultList) -> StartCall[object]:
        """Answer the calls that the run waits for. Raises ``BadRequestError`` where it is known to wait for none."""
        ...

    def cancel(self) -> Call[object] | None:
        """Break the run off; None where that is done by closing the answer in which the gateway tells of it."""
        ...

    def feed(self) -> Feed:
        """Where the events of a new listen come from."""
        ...
