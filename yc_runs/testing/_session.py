"""One run as a state machine. No clock, no socket: it is told the time whenever somebody looks at it.

    PENDING --first step--> IN_PROGRESS --ToolCalls--> TOOL_CALLS --submit--> IN_PROGRESS
                            IN_PROGRESS --Final-----> COMPLETED
                            IN_PROGRESS --Fail------> FAILED

Each step of the script takes ``pace`` seconds, a ``Pause`` its own seconds on top. The times hang on the step before,
not on when somebody looked, so a run goes on at its own speed even if nobody does. Events are numbered from 0 and
kept for good; a run that does not stream records no partial texts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from yc_runs.testing._errors import FAILED_PRECONDITION, GatewayError, invalid
from yc_runs.testing._player import ScriptPlayer
from yc_runs.testing._prompt import Usage, count_tokens
from yc_runs.testing.script import Fail, Final, Partial, Pause, ToolCalls, ToolResult

RunStatus = Literal["PENDING", "IN_PROGRESS", "TOOL_CALLS", "COMPLETED", "FAILED"]
Outcome: TypeAlias = Partial | ToolCalls | Final | Fail


@dataclass(frozen=True)
class RunEvent:
    """One entry of a run's stream. ``submits`` is how many times results had come in before it."""

    index: int
    outcome: Outcome
    submits: int


class RunSession:
    """The course of one run. ``now`` is always in seconds of one monotonic clock.

    ``results`` are for a player that stands at calls already: those that the first step answers.
    """

    def __init__(
        self,
        player: ScriptPlayer,
        *,
        now: float,
        stream: bool = True,
        prompt_tokens: int = 0,
        doom: Fail | None = None,
        results: tuple[ToolResult, ...] | None = None,
    ) -> None:
        self.status: RunStatus = "PENDING"
        self.events: list[RunEvent] = []
        self.usage: Usage | None = None
        self.outcome: Outcome | None = None
        self._player = player
        self._stream = stream
        self._prompt_tokens = prompt_tokens
        # What the run fails with before its script is asked.
        self._doom = doom
        self._at = now
        self._results = results
        self._submits = 0

    @property
    def is_running(self) -> bool:
        """Whether time alone will change the run."""
        return self.status in ("PENDING", "IN_PROGRESS")

    @property
    def is_over(self) -> bool:
        """Whether nothing will change the run any more."""
        return self.status in ("COMPLETED", "FAILED")

    def due(self, pace: float) -> float | None:
        """Give the time of the next step, None if only a submit, or nothing, will bring one."""
        return self._at + pace if self.is_running else None

    def advance(self, now: float, pace: float) -> None:
        """Take every step that is due by ``now``."""
        while self.is_running and self._at + pace <= now:
            self._at += pace
            self._step()

    def submit(self, results: Sequence[ToolResult], now: float) -> None:
        """Answer the calls that the run waits for; it goes on from ``now``.

        Raises GatewayError: code 9 if the run waits for none, code 3 if the results are not those of its calls.
        """
        if not isinstance(self.outcome, ToolCalls) or self.status != "TOOL_CALLS":
            raise GatewayError(FAILED_PRECONDITION, f"the run waits for no tool results: its status is {self.status}")
        self._results = in_order_of_calls(self.outcome, results)
        self._prompt_tokens += sum(count_tokens(result.content) for result in results)
        self._submits += 1
        self._at = now
        self.status = "IN_PROGRESS"

    def _step(self) -> None:
        step = self._doom or self._player.next(self._results)
        self._results = None
        self.status = "IN_PROGRESS"
        if isinstance(step, Pause):
            self._at += max(0.0, step.seconds)
        elif isinstance(step, Partial):
            self._record(step, shown=self._stream)
        else:
            self._settle(step)

    def _settle(self, step: ToolCalls | Final | Fail) -> None:
        if isinstance(step, ToolCalls):
            self.status = "TOOL_CALLS"
            self._spend(" ".join(f"{call.name} {json.dumps(dict(call.arguments))}" for call in step.calls))
        elif isinstance(step, Final):
            self.status = "COMPLETED"
            self._spend(step.text)
        else:
            self.status = "FAILED"
        self._record(step)

    def _record(self, outcome: Outcome, *, shown: bool = True) -> None:
        self.outcome = outcome
        if shown:
            self.events.append(RunEvent(len(self.events), outcome, self._submits))

    def _spend(self, text: str) -> None:
        # A model reads the whole conversation again in each round.
        self.usage = (self.usage or Usage()).plus(self._prompt_tokens, count_tokens(text))


def in_order_of_calls(calls: ToolCalls, results: Sequence[ToolResult]) -> tuple[ToolResult, ...]:
    """Sort results, which are known by their functions' names. Raises GatewayError with code 3 if they do not fit."""
    names = [call.name for call in calls.calls]
    given = [result.name for result in results]
    if len(names) != len(given):
        raise invalid(f"the run waits for {len(names)} tool results, got {len(given)}")
    if Counter(names) != Counter(given):
        raise invalid(f"the run waits for results of {', '.join(names)}; got results of {', '.join(given)}")
    left = list(results)
    return tuple(left.pop(next(i for i, result in enumerate(left) if result.name == name)) for name in names)
