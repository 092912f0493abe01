"""The I/O of one listen: streams opened one after another until the run's last event is in."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from typing_extensions import Self

from yc_runs._arguments.checks import seconds, whole
from yc_runs._async.held import AsyncHeld
from yc_runs._async.stream import AsyncStream
from yc_runs._async.transport import AsyncTransport
from yc_runs._deadline import Deadline
from yc_runs._deltas import Deltas
from yc_runs._failures import timed_out
from yc_runs._polling import PollPolicy
from yc_runs.errors import RequestTimeoutError, RunsError
from yc_runs.models import RunData, RunStreamEvent
from yc_runs.policy import is_passing
from yc_runs.resume import Listening
from yc_runs.wire import Feed, Request, RunWire

_LOOKING = PollPolicy()


class AsyncListener:
    """Listens to one run. What it does is decided in ``resume`` and by the feed; this is the carrying out.

    Use it as a context manager, or ``close`` it at the end. ``heard`` is told of each event before it is given out.
    ``held`` may hold the answer that a turn was begun with.
    """

    def __init__(
        self,
        transport: AsyncTransport,
        feed: Feed,
        held: AsyncHeld,
        listening: Listening,
        deadline: Deadline,
        idle: float | None,
        heard: Callable[[RunStreamEvent], None],
    ) -> None:
        self._transport = transport
        self._feed = feed
        self._held = held
        self._listening = listening
        self._deadline = deadline
        self._idle = idle
        self._heard = heard
        self._stream: AsyncStream[RunStreamEvent] | None = None
        self._looks = 0
        self._unseen: RunsError | None = None

    async def next(self) -> RunStreamEvent | None:
        """The next event, each once, in order; None after the last. Raises the errors of ``yc_runs.errors``."""
        event = await self._next()
        if event is not None:
            self._heard(event)
        return event

    async def close(self, error: BaseException | None = None) -> None:
        """Leave the stream that is open; ``error`` is what ended the listen, None where nothing did."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.close(error)

    async def __aenter__(self) -> Self:
        self._held.listens += 1
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.listens -= 1
        await self.close(error)

    async def _next(self) -> RunStreamEvent | None:
        listening = self._listening
        while not listening.is_over:
            if self._stream is None:
                await self._wait_for_turn()
            cause: RunsError | None = None
            try:
                if event := await self._read():
                    return event
            except RunsError as error:
                cause = error
            if not (listening.is_over or listening.is_between_turns) and (last := await self._recover(cause)):
                return last
        await self.close()
        return None

    async def _wait_for_turn(self) -> None:
        """Wait until the results of the last turn's calls are submitted, where the next cannot begin before."""
        while not self._feed.has_begun(self._listening.next_index):
            await self._pause()
        self._listening.turn_begun()

    async def _read(self) -> RunStreamEvent | None:
        """The next event of the stream that is open, or is opened now; None where there is none (any more)."""
        stream, listening, held = self._stream or await self._open(), self._listening, self._held
        if stream is None:
            return None
        try:
            while listening.wants_more and stream is not held.broken_off and (event := await stream.next()) is not None:
                if listening.accept(event):
                    return event
        except BaseException as error:
            await self.close(error)
            raise
        await self.close(GeneratorExit() if stream is held.broken_off else None)
        return None

    async def _open(self) -> AsyncStream[RunStreamEvent] | None:
        stream = await self._read_on()
        if stream is None and not self._feed.is_polled(self._listening.next_index):
            call = self._feed.call(self._listening.next_index)
            stream = await AsyncStream(self._transport, call, self._deadline, self._idle).open()
        if stream is not None:
            self._listening.opened()
            self._looks = 0
        self._stream = stream
        return stream

    async def _read_on(self) -> AsyncStream[RunStreamEvent] | None:
        """The answer that the turn was begun with, where it is held."""
        held = await self._held.take(self._listening.turn)
        if held is None:
            return None
        if self._feed.has_read(self._listening.next_index):
            # The listen was quicker, and has a stream of its own.
            await held.close(GeneratorExit())
            return None
        held.read_on(self._feed.call(self._listening.next_index), self._deadline, self._idle)
        return held

    async def _recover(self, cause: RunsError | None) -> RunStreamEvent | None:
        """Get ready for the next stream, or find out that none is needed: the last event, then."""
        clock, listening, feed = self._transport.clock, self._listening, self._feed
        if self._deadline.left(clock.now()) == 0:
            raise self._late(cause) from cause
        if feed.is_polled(listening.next_index):
            return await self._look_on()
        if feed.resort(cause, is_hopeless=False):
            listening.turned()
            return None
        try:
            pause = listening.interrupted(cause, clock.dice())
            if last := listening.asked(await self._ask() if listening.must_ask else None):
                return last
        except RunsError as error:
            if not feed.resort(error, is_hopeless=True):
                raise
            listening.turned()
            return None
        if not self._deadline.allows(pause, clock.now()):
            raise self._late(cause) from cause
        self._transport.observe("resume", self._request, listening.failures, error=cause, wait=pause)
        await clock.sleep(pause)
        return None

    async def _look_on(self) -> RunStreamEvent | None:
        """Look at a run that has no stream: its last event, None after a pause where it goes on."""
        if last := self._listening.looked(await self._ask(), self._unseen):
            return last
        await self._pause()
        return None

    async def _pause(self) -> None:
        """Let some time pass, ever more, in which the run may go on. Raises where the listen has no more."""
        clock = self._transport.clock
        self._looks += 1
        pause = _LOOKING.pause(self._looks, clock.dice())
        if not self._deadline.allows(pause, clock.now()):
            raise self._late()
        await clock.sleep(pause)

    @property
    def _request(self) -> Request:
        return self._feed.call(self._listening.next_index).request

    def _late(self, cause: RunsError | None = None) -> RequestTimeoutError:
        sent = None if cause is None else cause.client_request_id
        hint = f" {self._listening.way_on}, or give it more time."
        error = timed_out(self._request, "total", self._deadline.timeout, sent, hint)
        error.client_request_id, error.next_event_idx = sent, self._listening.next_index
        return error

    async def _ask(self) -> RunData | None:
        """The run itself, for how it stands; None where the gateway cannot say so now."""
        left = self._deadline.left(self._transport.clock.now())
        try:
            return await self._transport.call(self._feed.look(self._listening.next_index), timeout=left)
        except RunsError as error:
            if is_passing(error):
                self._unseen = error
                return None
            raise


def listener_on(
    run_id: str,
    wire: RunWire,
    held: AsyncHeld,
    transport: AsyncTransport,
    start: int,
    deadline: Deadline,
    idle: float | None,
) -> AsyncListener:
    """A listen from the index ``start`` on. ``held`` and the run's turns are told of each event.

    Raises ``TypeError`` or ``ValueError`` for what is no index, or no time.
    """
    whole("events_start_idx", start)
    seconds("idle_timeout", idle, above=True)
    deltas, turns, listening = Deltas(), wire.turns, Listening(run_id, start, transport.retry, wire.turn_size)

    def heard(event: RunStreamEvent) -> None:
        deltas.mark(event)
        turns.heard(event)
        held.heard = max(held.heard, listening.next_index)

    return AsyncListener(transport, wire.feed(), held, listening, deadline, idle, heard)
