"""Waiting for a run: looking at it again and again, or when its stream says that there is something to see."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yc_runs._async.held import AsyncHeld
from yc_runs._async.transport import AsyncTransport
from yc_runs._deadline import Deadline, soonest
from yc_runs._polling import PollPolicy
from yc_runs.errors import APIError, PollTimeoutError, RunsError
from yc_runs.models import RunData, RunStatus, RunStreamEvent
from yc_runs.observe import Observation, notify
from yc_runs.policy import is_passing
from yc_runs.wire import RunWire

if TYPE_CHECKING:
    from tenacity import RetryCallState


PAUSES_BEHIND = (0.0, 0.1, 0.2)
"""Seconds before each look for what the stream has told of, before the run is polled."""


@dataclass
class AsyncWaiter:
    """Waits for one run, once: until it has ended, or shows calls that were not answered.

    ``look`` shows the run; ``timeout`` is for each look, in seconds. ``held`` knows how far the run was listened to.
    A look that fails in a way that passes costs nothing but itself, unless it is the only one that there is time for:
    then its error is raised.
    """

    run_id: str
    wire: RunWire
    look: Callable[[float | None], Awaitable[RunData]]
    held: AsyncHeld
    policy: PollPolicy
    transport: AsyncTransport
    timeout: float | None

    def __post_init__(self) -> None:
        if self.timeout == 0:
            raise ValueError("timeout: 0 seconds are too few for a look; to look once, give poll_timeout=0")
        self._clock = self.transport.clock
        self._deadline = Deadline.after(self.policy.timeout, self._clock.now())
        self._status: RunStatus | None = None
        self._failure: RunsError | None = None

    async def wait(
        self, via: str, listen: Callable[..., AsyncGenerator[RunStreamEvent, None]], *, was_running: bool
    ) -> RunData:
        """The first state of the run that is due; ``via`` is "poll" or "listen". Raises ``ValueError`` for others.

        ``listen`` gives the run's events; ``was_running``: the run had not come to an end when it was shown first.
        """
        if via == "poll":
            return await self.by_polling()
        if via == "listen":
            return await self.on_stream(listen, is_new=was_running and not self.held.heard)
        raise ValueError(f"via: expected 'poll' or 'listen', got {via!r}")

    async def by_polling(self) -> RunData:
        """The first state of the run that is due. Raises ``PollTimeoutError``, and what ``look`` raises."""
        return await self._first_look() or await self._poll_on()

    async def on_stream(self, listen: Callable[..., AsyncGenerator[RunStreamEvent, None]], *, is_new: bool) -> RunData:
        """The same, looking when the stream that ``listen`` gives has news; by polling where the stream fails.

        ``is_new``: the stream will tell of all that the run has come to, so nothing is to be seen before. The stream
        only says when to look: it may replay calls that were answered long ago, and tells no tokens. Where looks do not
        show what it told of, it is of no use, and the run is polled.
        """
        if not (is_new and self.policy.timeout) and (first := await self._first_look()):
            return first
        if not self.policy.timeout:
            raise self._gave_up()
        try:
            async with aclosing(listen(events_start_idx=self.held.heard, timeout=self._left())) as events:
                async for event in events:
                    if event.is_finished:
                        return await self._look_behind() or await self._poll_on()
        except RunsError as error:
            self._failure = error
            if not self._left():
                raise self._gave_up() from error
        return await self._poll_on(at_once=True)

    async def _look_behind(self) -> RunData | None:
        """The run once it shows what its stream has told of: looks may lag behind for a moment."""
        for pause in PAUSES_BEHIND:
            if pause:
                if not self._deadline.allows(pause, self._clock.now()):
                    break
                await self._clock.sleep(pause)
            if self._is_due(data := await self._look()):
                return data
        return None

    async def _first_look(self) -> RunData | None:
        data = await self._look_again(soonest(self.timeout, self._left() or None))
        if self._failure is not None and not self.policy.timeout:
            raise self._failure
        return data

    async def _look(self, timeout: float | None = None) -> RunData:
        data = await self.look(soonest(self.timeout, self._left()) if timeout is None else timeout)
        self._status, self._failure = data.status, None
        return data

    async def _poll_on(self, *, at_once: bool = False) -> RunData:
        """Poll after the first look: first after a pause, or ``at_once``."""
        # A run that is due at the first look needs none of this.
        from tenacity import Retrying

        data: RunData | None = None
        pauses: list[float] = []
        # Its twin for coroutines asks of each of these functions, each time, whether it is one.
        retrying = Retrying(
            retry=_is_nothing,
            wait=self._pause,
            stop=lambda state: not self._deadline.allows(state.upcoming_sleep, self._clock.now()),
            sleep=pauses.append,
            before_sleep=self._observe,
            retry_error_callback=lambda state: None,
        )
        for attempt in retrying:
            while pauses:
                await self._clock.sleep(pauses.pop())
            is_look = at_once or attempt.retry_state.attempt_number > 1
            data = await self._look_again() if is_look else None
            attempt.retry_state.set_result(data)
        if data is None:
            raise self._gave_up() from self._failure
        return data

    def _pause(self, state: RetryCallState) -> float:
        """The policy's pause, or a longer one that the gateway asked for; one beyond measure is not heeded."""
        asked = self._failure.retry_after if isinstance(self._failure, APIError) else None
        heeded = asked if asked is not None and asked <= self.transport.retry.max_retry_after else 0.0
        return max(self.policy.pause(state.attempt_number, self._clock.dice()), heeded)

    async def _look_again(self, timeout: float | None = None) -> RunData | None:
        """The run if it is due, None if it is not, or cannot be seen for the moment."""
        try:
            data = await self._look(timeout)
        except RunsError as error:
            if not is_passing(error):
                raise
            self._failure = error
            return None
        return data if self._is_due(data) else None

    def _is_due(self, data: RunData) -> bool:
        return data.status.is_finished and not self.wire.turns.is_answered(data)

    def _observe(self, state: RetryCallState) -> None:
        asked, error = self.wire.look().request, type(self._failure).__name__ if self._failure else None
        seen = Observation("poll", asked.method, asked.name, state.attempt_number, state.upcoming_sleep, error=error)
        notify(self.transport.hook, seen)

    def _left(self) -> float | None:
        return self._deadline.left(self._clock.now())

    def _gave_up(self) -> PollTimeoutError:
        state = "was not seen" if self._status is None else f"was still {self._status}"
        trouble = f" The last look failed: {self._failure}" if self._failure else ""
        error = PollTimeoutError(
            f"run {self.run_id!r} {state} after {self.policy.timeout:g} s of waiting.{trouble} The run goes on: wait() "
            "again, or give a larger poll_timeout.",
            run_id=self.run_id,
            status=self._status,
        )
        error.client_request_id = self._failure.client_request_id if self._failure else None
        return error


def poll_policy(interval: float | None, timeout: float | None) -> PollPolicy:
    """How ``wait`` polls, by what it was given in seconds."""
    return PollPolicy(interval=0.5 if interval is None else interval, timeout=300.0 if timeout is None else timeout)


def _is_nothing(state: RetryCallState) -> bool:
    outcome = state.outcome
    return outcome is not None and not outcome.failed and outcome.result() is None
