# Generated from yc_runs/_async/tool_loop.py by tools/generate_sync.py; do not edit.
"""The tool loop: a run's events and its tool calls, answered round by round until the run has ended."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from yc_runs._deadline import Deadline, soonest
from yc_runs._threads import carry_out
from yc_runs.errors import RunsError
from yc_runs.models import FunctionResult, RunResult, RunStreamEvent, ToolCall
from yc_runs.tools.outcomes import Outcomes
from yc_runs.tools.rounds import LoopOptions, Rounds, answers, out_of_time
from yc_runs.tools.toolbox import Toolbox, ToolFunctions

if TYPE_CHECKING:
    from yc_runs._sync.run import Run
    from yc_runs._sync.transport import Transport


class ToolLoop:
    """The events of a run whose tool calls are answered on the way; iterate over it once, to the end.

    ``result`` is what came of the run. A TOOL_CALLS event comes before its tools are run, and what follows it after
    their results were submitted.
    """

    def __init__(self, run: Run, toolbox: Toolbox, options: LoopOptions, transport: Transport) -> None:
        self._run = run
        self._toolbox = toolbox
        self._options = options
        self._rounds = Rounds(run.id, options.max_rounds)
        self._timeout = transport.timeout
        self._clock = transport.clock
        self._deadline = Deadline.after(options.timeout, self._clock.now())

    @property
    def result(self) -> RunResult:
        """What came of the run. Raises ``ValueError`` before the loop has come to its end."""
        if self._rounds.result is None:
            raise ValueError(f"run {self._run.id!r}: the tool loop has no result before it has come to its end")
        return self._rounds.result

    @property
    def rounds(self) -> int:
        """How many rounds of tool calls were begun so far."""
        return self._rounds.count

    def __iter__(self) -> Generator[RunStreamEvent, None, None]:
        return self.events()

    def events(self) -> Generator[RunStreamEvent, None, None]:
        """The events; the same as iterating over the loop. None come where it works over ``wait``."""
        if self._options.via == "listen":
            with self._run._listener(timeout=self._left()) as listener:
                while (event := listener.next()) is not None:
                    yield event
                    if self._rounds.heard(event):
                        self._turn()
        while self._rounds.result is None:
            self._turn()

    def to_the_end(self) -> RunResult:
        """What comes of the run; nobody is told of its events."""
        with closing(self.events()) as events:
            for _ in events:
                pass
        return self.result

    def _turn(self) -> None:
        """Wait until the run has calls to answer, and answer them, or until it has ended."""
        result = self._run.wait(poll_timeout=self._patience(), poll_interval=self._options.poll_interval)
        if calls := self._rounds.saw(result):
            self._submit(answers(calls, self._texts(calls)))

    def _texts(self, calls: tuple[ToolCall, ...]) -> list[str]:
        options = self._options
        outcomes = Outcomes(self._toolbox, [*map(self._toolbox.ready, calls)], stops=options.on_error == "raise")
        works = {place: partial(call.function, *call.args, **call.kwargs) for place, call in outcomes.ready.items()}
        if works:
            carry_out(
                works,
                outcomes.put,
                concurrency=options.concurrency,
                limit=options.tool_timeout,
                left=self._left(),
            )
        return outcomes.texts()

    def _submit(self, results: list[FunctionResult]) -> None:
        if self._left() == 0:
            raise out_of_time(self._run.id, self._options.timeout)
        try:
            self._run.submit_tool_results(results, timeout=soonest(self._timeout, self._left()))
        except RunsError as error:
            if not (error.maybe_applied and self._run._turns.is_settled_by_looks):
                raise
            # The results may have arrived. Called again, it looks at the run first, and sends only what has not.
            self._run.submit_tool_results(results, timeout=soonest(self._timeout, self._left()))

    def _left(self) -> float | None:
        return self._deadline.left(self._clock.now())

    def _patience(self) -> float:
        left = self._left()
        return float("inf") if left is None else left


def tool_loop(run: Run, transport: Transport, tools: ToolFunctions, options: LoopOptions) -> ToolLoop:
    """The loop that answers the run's tool calls with these functions.

    Raises ``TypeError``, ``ValueError`` or ``ConfigurationError`` for tools that cannot work.
    """
    return ToolLoop(run, Toolbox(run.id, tools, run.data.tools), options, transport)
