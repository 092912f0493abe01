"""The state of one listen: what was seen, what to ask for next, when it is over. No I/O, no clock.

Events have indexes that start at 0 and grow by one, and listening again from an index brings the events from there
on. From this follow the rules:

- An event with the expected index is delivered, and the next index is expected.
- An event with a smaller index has been delivered before: it is dropped.
- An event with a larger index shows that some were lost: nothing is delivered, and the listen begins anew at the
  expected index. So a gap is never passed over.
- DONE and ERROR end the listen. TOOL_CALLS does not: the stream goes on after the results.
- A body that ends before that was cut, however cleanly: the listen begins anew at the expected index.
- An end that looks clean may mean that the run has ended and its last event was lost: the run itself is asked, and
  likewise after a silence. If it is still at work, the silence was no failure. If it has ended, it is listened to
  again all the same, as long as there are attempts: the events that are missing may still be had.
- A document that cannot be read is asked for once more: where a stream was cut, something else may have run into it.
  What cannot be read twice is the gateway's own doing, and is raised.
- Beginning anew costs one attempt, and a delivered event gives all attempts back. When the last one ends cleanly or
  in silence and the run has ended, its state becomes the last event. Else, or if what broke the stream will not pass,
  the listen fails with the index to go on from.

Other gateways give each turn a stream of its own (``turn_size``, see ``yc_runs.wire.RunWire``). There

- indexes grow with gaps, so an event with a larger index than expected is delivered too;
- TOOL_CALLS ends the turn's stream, also where it was delivered before, and the next turn's begins when the results
  were submitted; a run that is seen to wait for results has ended the turn, as if it had ended altogether;
- where no stream is to be had, the run is looked at until the turn has ended, which makes one last event.
"""

from __future__ import annotations

from yc_runs.errors import APIError, DecodeError, RequestTimeoutError, RunsError, StreamInterruptedError
from yc_runs.models import RunData, RunStatus, RunStreamEvent, StreamEvent
from yc_runs.models.events import last_event
from yc_runs.policy import RetryPolicy

_ENDED = (RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED)


class Listening:
    """One listen of one run, from ``start`` on. Tell it what happens; it tells what to do."""

    def __init__(self, run_id: str, start: int, policy: RetryPolicy, turn_size: int | None = None) -> None:
        self.run_id = run_id
        self.next_index: int = start
        self.is_over: bool = False
        self.gap_at: int | None = None
        self._policy = policy
        self._turn_size = turn_size
        self._is_turn_over = False
        self.failures: int = 0
        self._is_open = False
        self._was_clean = False
        self._was_idle = False
        self._was_unreadable = False
        self._ended: RunData | None = None
        self._verdict: StreamInterruptedError | None = None

    def opened(self) -> None:
        """The gateway has begun to answer: what breaks from now on is an interruption."""
        self._is_open = True

    def turn_begun(self) -> None:
        """The turn that the next event is in has begun."""
        self._is_turn_over = False

    @property
    def turn(self) -> int:
        """The number of the turn that the next event is in, from 0."""
        return self.next_index // self._turn_size if self._turn_size else 0

    @property
    def wants_more(self) -> bool:
        """Whether the stream that is open is worth reading on."""
        return not (self.is_over or self._is_turn_over) and self.gap_at is None

    def accept(self, event: RunStreamEvent) -> bool:
        """Whether to deliver the event. A gap shows in ``gap_at``: leave this stream and call ``interrupted``."""
        if not self.wants_more:
            return False
        if event.index < self.next_index:
            self._end_turn_with(event)
            return False
        if self._turn_size is None and event.index > self.next_index:
            self.gap_at = event.index
            return False
        self._take_place_of(event)
        self.failures = 0
        self._was_unreadable = False
        self._ended = None
        self.is_over = event.is_last
        return True

    def _take_place_of(self, event: RunStreamEvent) -> None:
        self.next_index = event.index + 1
        self._end_turn_with(event)

    def _end_turn_with(self, event: RunStreamEvent) -> None:
        if self._turn_size is not None and event.event_type == StreamEvent.TOOL_CALLS:
            self.next_index = max(self.next_index, (event.index // self._turn_size + 1) * self._turn_size)
            self._is_turn_over = True

    @property
    def is_between_turns(self) -> bool:
        """Whether the stream has ended as it should, with calls that wait for their results."""
        return self._is_turn_over

    def looked(self, run: RunData | None, cause: RunsError | None = None) -> RunStreamEvent | None:
        """What the run said of itself where it has no stream: the turn's last event, None as long as it goes on.

        ``run`` is None where it could not be asked, which ``cause`` tells more of. Raises ``StreamInterruptedError``
        where that happened too often.
        """
        self.failures = 0 if run is not None else self.failures + 1
        if self.failures >= self._policy.attempts:
            what = f"the run could not be looked at, {self.failures} times in a row"
            raise self.give_up(f"{what}: {_words(cause)}" if cause else what, cause) from cause
        return self._last_of(run) if run is not None and self._has_ended(run) else None

    def turned(self) -> None:
        """The listen goes on in another way: its attempts count anew."""
        self.failures, self._verdict, self._was_unreadable = 0, None, False

    def _has_ended(self, run: RunData) -> bool:
        return run.status in _ENDED or (self._turn_size is not None and run.status == RunStatus.TOOL_CALLS)

    def _last_of(self, run: RunData) -> RunStreamEvent:
        event = last_event(run, self.next_index)
        self.accept(event)
        return event

    def interrupted(self, cause: BaseException | None, dice: float) -> float:
        """The stream broke (or ended cleanly, ``cause`` None) before its end: seconds to wait before the next one.

        ``dice`` is a random number from 0 to 1. Look at ``must_ask`` then, and tell ``asked``. Where the cause will not
        pass, or no attempt is left after one, raises ``StreamInterruptedError``, or the cause itself if no stream was
        ever opened.
        """
        self.failures += 1
        self._was_clean = cause is None and self.gap_at is None
        self._was_idle = isinstance(cause, RequestTimeoutError) and cause.phase == "read"
        gap, self.gap_at = self.gap_at, None
        passing = cause is None or self._policy.may_resend(cause, is_write=False) or self._is_worth_a_look(cause)
        if passing and self.failures < self._policy.attempts:
            return self._policy.pause(self.failures, cause, dice)
        if cause is not None and (isinstance(cause, DecodeError) or not self._is_interruption(cause, passing)):
            raise cause
        reason = _words(cause) if gap is None else f"event {gap} came where {self.next_index} was due"
        self._verdict = self.give_up(f"{reason}, {self.failures} times in a row" if passing else reason, cause)
        self._verdict.__cause__ = cause
        if not (self._was_clean or self._was_idle):
            raise self._verdict
        return self._policy.pause(1, cause, dice)

    @property
    def must_ask(self) -> bool:
        """Whether the run is to be asked how it stands."""
        return self._ended is None and (self._was_clean or self._was_idle)

    def asked(self, run: RunData | None) -> RunStreamEvent | None:
        """What the run said of itself, None where it was not or could not be asked: its last event, or None to go on.

        Raises ``StreamInterruptedError`` where no attempt is left.
        """
        if run is not None and self._has_ended(run):
            self._ended = run
        elif run is not None and self._was_idle:
            self.failures, self._verdict = 0, None
        if self._verdict is None:
            return None
        if self._ended is None:
            raise self._verdict
        return self._last_of(self._ended)

    def _is_worth_a_look(self, cause: BaseException) -> bool:
        """Whether something could not be read, for the first time since an event was."""
        was_unreadable, self._was_unreadable = self._was_unreadable, isinstance(cause, DecodeError)
        return self._was_unreadable and not was_unreadable

    def _is_interruption(self, cause: BaseException, passing: bool) -> bool:
        return self._is_open and (passing or isinstance(cause, APIError))

    def give_up(self, reason: str, cause: BaseException | None = None) -> StreamInterruptedError:
        """The error for a listen that ends here. ``cause`` is what ended it, where that is an error."""
        error = StreamInterruptedError(
            f"listen to run {self.run_id!r} was interrupted: {reason}. {self.way_on}, or wait() for the result.",
            run_id=self.run_id,
            next_event_idx=self.next_index,
        )
        error.client_request_id = cause.client_request_id if isinstance(cause, RunsError) else None
        return error

    @property
    def way_on(self) -> str:
        """How another listen goes on from here, in words, for the end of an error's text."""
        index = self.next_index
        return f"All events before {index} were delivered; go on with listen(events_start_idx={index})"


def _words(cause: BaseException | None) -> str:
    if cause is None:
        return "the stream ended before its last event"
    return str(cause) if isinstance(cause, RunsError) else type(cause).__name__
