# Generated from yc_runs/_async/listening.py by tools/generate_sync.py; do not edit.
"""The I/O of one listen: streams opened one after another until the run's last event is in."""

from __future__ import annotations

from collections.abc import Generator

from yc_runs._deadline import Deadline
from yc_runs._failures import timed_out
from yc_runs._sync.stream import open_stream
from yc_runs._sync.transport import Transport
from yc_runs.errors import RequestTimeoutError, RunsError
from yc_runs.models import RunData, RunStreamEvent
from yc_runs.policy import is_passing
from yc_runs.resume import Listening
from yc_runs.wire import Dialect, StreamCall


class Listener:
    """Listens to one run. What it does is decided in ``resume``; this is the carrying out."""

    def __init__(
        self, transport: Transport, dialect: Dialect, listening: Listening, deadline: Deadline, idle: float | None
    ) -> None:
        self._transport = transport
        self._dialect = dialect
        self._listening = listening
        self._deadline = deadline
        self._idle = idle

    def events(self) -> Generator[RunStreamEvent, None, None]:
        """The events, each once, in order, to the last. Raises the errors of ``yc_runs.errors``."""
        listening = self._listening
        while not listening.is_over:
            cause: RunsError | None = None
            try:
                with open_stream(self._transport, self._call(), self._deadline, self._idle) as stream:
                    listening.opened()
                    while listening.wants_more and (documents := stream.read()) is not None:
                        for document in documents:
                            event = stream.decode(document)
                            if listening.accept(event):
                                yield event
            except RunsError as error:
                cause = error
            if not listening.is_over and (last := self._recover(cause)):
                yield last

    def _recover(self, cause: RunsError | None) -> RunStreamEvent | None:
        """Get ready for the next stream, or find out that none is needed: the last event, then."""
        clock, listening = self._transport.clock, self._listening
        if self._deadline.left(clock.now()) == 0:
            raise self._late() from cause
        pause = listening.interrupted(cause, clock.dice())
        if last := listening.asked(self._ask() if listening.must_ask else None):
            return last
        if not self._deadline.allows(pause, clock.now()):
            raise self._late() from cause
        attempt = listening.failures
        self._transport.observe("resume", self._call().request, attempt, error=cause, wait=pause)
        clock.sleep(pause)
        return None

    def _call(self) -> StreamCall[RunStreamEvent]:
        return self._dialect.listen(self._listening.run_id, self._listening.next_index)

    def _late(self) -> RequestTimeoutError:
        return timed_out(self._call().request, "total", self._deadline.timeout)

    def _ask(self) -> RunData | None:
        """The run itself, for how it stands; None where the gateway cannot say so now."""
        left = self._deadline.left(self._transport.clock.now())
        try:
            return self._transport.call(self._dialect.get_run(self._listening.run_id), timeout=left)
        except RunsError as error:
            if is_passing(error):
                return None
            raise
