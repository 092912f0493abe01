# Generated from yc_runs/_async/listening.py by tools/generate_sync.py; do not edit.
"""The I/O of one listen: streams opened one after another until the run's last event is in."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from typing_extensions import Self

from yc_runs._deadline import Deadline
from yc_runs._failures import timed_out
from yc_runs._sync.stream import Stream
from yc_runs._sync.transport import Transport
from yc_runs.errors import RequestTimeoutError, RunsError
from yc_runs.models import RunData, RunStreamEvent
from yc_runs.policy import is_passing
from yc_runs.resume import Listening
from yc_runs.wire import Dialect, StreamCall


class Listener:
    """Listens to one run. What it does is decided in ``resume``; this is the carrying out.

    Use it as a context manager, or ``close`` it at the end. ``heard`` is told of each event before it is given out.
    """

    def __init__(
        self,
        transport: Transport,
        dialect: Dialect,
        listening: Listening,
        deadline: Deadline,
        idle: float | None,
        heard: Callable[[RunStreamEvent], None],
    ) -> None:
        self._transport = transport
        self._dialect = dialect
        self._listening = listening
        self._deadline = deadline
        self._idle = idle
        self._heard = heard
        self._stream: Stream[RunStreamEvent] | None = None

    def next(self) -> RunStreamEvent | None:
        """The next event, each once, in order; None after the last. Raises the errors of ``yc_runs.errors``."""
        event = self._next()
        if event is not None:
            self._heard(event)
        return event

    def close(self, error: BaseException | None = None) -> None:
        """Leave the stream that is open; ``error`` is what ended the listen, None where nothing did."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(error)

    def _next(self) -> RunStreamEvent | None:
        listening = self._listening
        while not listening.is_over:
            cause: RunsError | None = None
            try:
                if event := self._read():
                    return event
            except RunsError as error:
                cause = error
            if not listening.is_over and (last := self._recover(cause)):
                return last
        self.close()
        return None

    def _read(self) -> RunStreamEvent | None:
        """The next event of the stream that is open, or is opened now; None where it has no more."""
        stream, listening = self._stream or self._open(), self._listening
        try:
            while listening.wants_more and (event := stream.next()) is not None:
                if listening.accept(event):
                    return event
        except BaseException as error:
            self.close(error)
            raise
        self.close()
        return None

    def _open(self) -> Stream[RunStreamEvent]:
        stream = Stream(self._transport, self._call(), self._deadline, self._idle).open()
        self._stream = stream
        self._listening.opened()
        return stream

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
