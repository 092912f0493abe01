"""The tool loop: a run's events and its tool calls, answered round by round until the run has ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from yc_runs._deadline import Deadline, soonest

# async-only
from yc_runs._tasks import async_carry_out

# end async-only
# sync: from yc_runs._threads import carry_out
from yc_runs.errors import RunsError
from yc_runs.models import FunctionResult, RunResult, RunStreamEvent, ToolCall
from yc_runs.tools.outcomes import Outcomes
from yc_runs.tools.rounds import LoopOptions, Rounds, answers, out_of_time
from yc_runs.tools.toolbox import Toolbox, ToolFunctions

if TYPE_CHECKING:
    from yc_runs._async.run import AsyncRun
    from yc_runs._async.transport import AsyncTransport


class AsyncToolLoop:
    """The events of a run whose tool calls are answered on the way; iterate over it once, to the end.

    ``result`` is what came of the run. A TOOL_CALLS event comes before its tools are run, and what follows it after
    their results were submitted.
    """

    def __init__(self, run: AsyncRun, toolbox: Toolbox, options: LoopOptions, transport: AsyncTransport) -> None:
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

    def __aiter__(self) -> AsyncGenerator[RunStreamEvent, None]:
        return self.events()

    async def events(self) -> AsyncGenerator[RunStreamEvent, None]:
        """The events; the same as iterating over the loop. None come where it works over ``wait``."""
        if self._options.via == "listen":
            async with self._run._listener(timeout=self._left()) as listener:
                while (event := await listener.next()) is not None:
                    yield event
                    if self._rounds.heard(event):
                        await self._turn()
        while self._rounds.result is None:
            await self._turn()

    async def to_the_end(self) -> RunResult:
        """What comes of the run; nobody is told of its events."""
        async with aclosing(self.events()) as events:
            async for _ in events:
                pass
        return self.result

    async def _turn(self) -> None:
        """Wait until the run has calls to answer, and answer them, or until it has ended."""
        result = await self._run.wait(poll_timeout=self._patience(), poll_interval=self._options.poll_interval)
        if calls := self._rounds.saw(result):
            await self._submit(answers(calls, await self._texts(calls)))

    async def _texts(self, calls: tuple[ToolCall, ...]) -> list[str]:
        options = self._options
        outcomes = Outcomes(self._toolbox, [*map(self._toolbox.ready, calls)], stops=options.on_error == "raise")
        works = {place: partial(call.function, *call.args, **call.kwargs) for place, call in outcomes.ready.items()}
        if works:
            await async_carry_out(
                works,
                outcomes.put,
                concurrency=options.concurrency,
                limit=options.tool_timeout,
                left=self._left(),
            )
        return outcomes.texts()

    async def _submit(self, results: list[FunctionResult]) -> None:
        if self._left() == 0:
            raise out_of_time(self._run.id, self._options.timeout)
        try:
            await self._run.submit_tool_results(results, timeout=soonest(self._timeout, self._left()))
        except RunsError as error:
            if not (error.maybe_applied and self._run._turns.is_settled_by_looks):
                raise
            # The results may have arrived. Called again, it looks at the run first, and sends only what has not.
            await self._run.submit_tool_results(results, timeout=soonest(self._timeout, self._left()))

    def _left(self) -> float | None:
        return self._deadline.left(self._clock.now())

    def _patience(self) -> float:
        left = self._left()
        return float("inf") if left is None else left


def tool_loop(run: AsyncRun, transport: AsyncTransport, tools: ToolFunctions, options: LoopOptions) -> AsyncToolLoop:
    """The loop that answers the run's tool calls with these functions.

    Raises ``TypeError``, ``ValueError`` or ``ConfigurationError`` for tools that cannot work.
    """
    return AsyncToolLoop(run, Toolbox(run.id, tools, run.data.tools), options, transport)
