"""The state of one tool loop: which calls were seen, which were answered, how many rounds there were. No I/O.

The state of the run itself is what says which calls wait; an event of the stream says that it is time to look. For a
listen from the beginning tells of all calls that there ever were, those too that were answered before this loop began:
answering what an event shows could run a tool twice. So:

- An event with calls makes the loop look at the run, until it shows calls that were not answered yet, or has ended.
- The calls that the run shows then are the round. They are answered once, whatever the stream tells later.
- Where the event was an older one, the round's own event is still to come: it is known by its calls, and passed over.
- When the run has ended, all events that still come are old.
- One round more than allowed is refused before any of its tools has run.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from yc_runs._arguments.checks import seconds, whole
from yc_runs.errors import PollTimeoutError, RunFailedError, TooManyRoundsError
from yc_runs.models import FunctionResult, RunResult, RunStatus, RunStreamEvent, StreamEvent, ToolCall

OnError = Literal["report", "raise"]
Via = Literal["listen", "wait"]


@dataclass(frozen=True)
class LoopOptions:
    """How a tool loop goes; ``AsyncRun.run_tools`` tells what each option means.

    Raises ``TypeError`` or ``ValueError``.
    """

    max_rounds: int = 10
    tool_timeout: float | None = None
    concurrency: int = 8
    on_error: OnError = "report"
    via: Via = "listen"
    timeout: float | None = 300
    poll_interval: float | None = None

    def __post_init__(self) -> None:
        for name in ("max_rounds", "concurrency"):
            whole(name, getattr(self, name), least=1)
        for name in ("tool_timeout", "poll_interval"):
            seconds(name, getattr(self, name), above=True)
        for name, values in (("on_error", ("report", "raise")), ("via", ("listen", "wait"))):
            if getattr(self, name) not in values:
                raise ValueError(f"{name} must be {values[0]!r} or {values[1]!r}, not {getattr(self, name)!r}")


class Rounds:
    """Counts the rounds of one loop, and tells new calls from those already answered."""

    def __init__(self, run_id: str, max_rounds: int) -> None:
        self.run_id = run_id
        self.count: int = 0
        self.result: RunResult | None = None
        self._max = max_rounds
        self._event: tuple[ToolCall, ...] | None = None
        self._unheard: deque[tuple[ToolCall, ...]] = deque()

    def heard(self, event: RunStreamEvent) -> bool:
        """Whether the event makes it necessary to look at the run."""
        if event.event_type != StreamEvent.TOOL_CALLS or self.result is not None:
            return False
        calls = event.tool_calls or ()
        if self._unheard and self._unheard[0] == calls:
            self._unheard.popleft()
            return False
        self._event = calls
        return True

    def saw(self, result: RunResult) -> tuple[ToolCall, ...]:
        """The run waits for answers not given yet, or has ended: the calls to answer now, none where it has ended.

        Raises ``TooManyRoundsError``.
        """
        if result.status != RunStatus.TOOL_CALLS:
            self.result = result
            return ()
        if self.count >= self._max:
            raise TooManyRoundsError(
                f"run {self.run_id!r}: the model asks for tools again after {self.count} rounds, the most allowed. "
                "The tools of this round were not run, and nothing was submitted: the run still waits. "
                "Give a larger max_rounds, or answer with submit_tool_results.",
                run_id=self.run_id,
                rounds=self.count,
            )
        self.count += 1
        calls = result.tool_calls or ()
        if self._event is not None and self._event != calls:
            self._unheard.append(calls)
        self._event = None
        return calls


def answers(calls: Sequence[ToolCall], texts: Sequence[str]) -> list[FunctionResult]:
    """What to submit, in the order of the calls."""
    named = zip(calls, texts, strict=True)
    return [FunctionResult(name=call.function.name if call.function else "", content=text) for call, text in named]


def out_of_time(run_id: str, timeout: float | None) -> PollTimeoutError:
    """The error for a loop whose time was over before the results could be submitted."""
    return PollTimeoutError(
        f"run {run_id!r}: the tools took all of the {timeout or 0:g} s that run_tools had. The results of this round "
        "were not submitted: the run still waits for them. Give a larger timeout, or a tool_timeout.",
        run_id=run_id,
        status=RunStatus.TOOL_CALLS,
    )


def run_failed(run_id: str, event: RunStreamEvent) -> RunFailedError:
    """The error for a run whose stream ended with an ERROR event."""
    code, reason = event.error_code or 0, event.error or "the service gave no reason"
    return RunFailedError(
        f"run {run_id!r} failed: {reason} (code {code})", run_id=run_id, code=code, message=event.error or ""
    )
