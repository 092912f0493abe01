"""A run: what it is, and what can be done with it.

What only some programs do with a run is imported where it is done: a cold start pays for what it uses.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Iterable
from typing import TYPE_CHECKING, Any, Literal

from yc_runs._async.held import AsyncHeld
from yc_runs._async.sending import IDLE_TIMEOUT
from yc_runs._run_fields import RunFields
from yc_runs._unset import UNSET, Timeout

if TYPE_CHECKING:
    from yc_runs._arguments.tools import ToolResultLike
    from yc_runs._async.listening import AsyncListener
    from yc_runs._async.stream import AsyncStream
    from yc_runs._async.tool_loop import AsyncToolLoop
    from yc_runs._async.transport import AsyncTransport
    from yc_runs.models import RunData, RunResult, RunStatus, RunStreamEvent
    from yc_runs.tools.rounds import OnError, Via
    from yc_runs.tools.toolbox import ToolFunctions
    from yc_runs.wire import RunWire


class AsyncRun(RunFields):
    """A run of an assistant on a thread, as the gateway showed it when this object was made.

    The fields do not change; ask ``get_status``, ``get_result``, ``wait`` or ``listen`` for what becomes of the run.
    Two runs are equal where their fields are, whatever has become of them.
    """

    def __init__(
        self, data: RunData, transport: AsyncTransport, wire: RunWire, answer: AsyncStream[Any] | None = None
    ) -> None:
        """``answer``: the answer that the run was created with, where its events go on in it."""
        super().__init__(data)
        self._transport = transport
        self._wire = wire
        self._held = AsyncHeld(wire.turn, answer)
        self._turns = wire.turns
        self._turns.saw(data)

    @property
    def response_ids(self) -> tuple[str, ...]:
        """The ids of the run's responses, one for each turn, where the gateway has such; empty elsewhere.

        One that was lost with the answer to a submit is left out.
        """
        return self._wire.response_ids

    async def get_status(self, *, timeout: Timeout = UNSET) -> RunStatus:
        """Where the run stands now. ``timeout`` in seconds covers all attempts."""
        return (await self._look(timeout)).status

    async def get_result(self, *, timeout: Timeout = UNSET) -> RunResult:
        """What has come of the run so far, whatever its status. ``timeout`` in seconds covers all attempts."""
        from yc_runs.models import RunResult

        return RunResult(run=await self._look(timeout))

    async def _look(self, timeout: Timeout) -> RunData:
        data = await self._transport.call(self._wire.look(), timeout=timeout)
        self._turns.saw(data)
        return data

    async def listen(
        self, *, events_start_idx: int = 0, timeout: Timeout = UNSET, idle_timeout: float | None = IDLE_TIMEOUT
    ) -> AsyncGenerator[RunStreamEvent, None]:
        """The run's events from index ``events_start_idx`` on, each as soon as it is there, to DONE or ERROR.

        A stream that breaks is taken up again where it broke: no event is lost or comes twice. After TOOL_CALLS it
        goes on as soon as the results are submitted. ``timeout`` bounds the whole listen in seconds, None for no
        bound. After ``idle_timeout`` seconds without a single byte the stream is taken for dead and opened anew.
        The loop may be left by a bare ``break``: the connection is closed with the iterator, in async code when the
        event loop comes to that. ``contextlib.aclosing`` closes it at once; one's own ``http_client`` needs that.
        What is raised out of the iterator ends it, a cancelled ``anext`` too: the next one says that there are no more
        events. Bound the whole loop instead, and go on with ``listen(events_start_idx=event.index + 1)``.

        Raises ``StreamInterruptedError`` with the index to go on from where the stream cannot be taken up again,
        ``RequestTimeoutError`` after ``timeout``, ``DecodeError`` for what is no event, ``APIError``, and
        ``ConnectionFailedError`` or ``ConnectionLostError`` where no stream was ever opened.
        """
        async with self._listener(events_start_idx, timeout, idle_timeout) as listener:
            while (event := await listener.next()) is not None:
                yield event

    def _listener(
        self, start: int = 0, timeout: Timeout = UNSET, idle_timeout: float | None = IDLE_TIMEOUT
    ) -> AsyncListener:
        from yc_runs._async.listening import listener_on

        deadline = self._transport.deadline(timeout)
        return listener_on(self.id, self._wire, self._held, self._transport, start, deadline, idle_timeout)

    def __aiter__(self) -> AsyncGenerator[RunStreamEvent, None]:
        return self.listen()

    async def text_stream(
        self, *, events_start_idx: int = 0, timeout: Timeout = UNSET, idle_timeout: float | None = IDLE_TIMEOUT
    ) -> AsyncGenerator[str, None]:
        """The text piece by piece, as ``listen`` brings it; its arguments and errors are the same.

        The pieces joined are the message, unless the model rewrites what it had written: then the next piece is the
        whole new text. To tell that, listen, and look at ``event.is_rewrite``. A run that calls tools goes on once
        somebody has submitted their results; ``run_tools_stream`` does.

        Raises ``RunFailedError`` if the run fails.
        """
        async with self._listener(events_start_idx, timeout, idle_timeout) as listener:
            while (event := await listener.next()) is not None:
                if event.is_failed:
                    from yc_runs.tools.rounds import run_failed

                    raise run_failed(self.id, event)
                if event.delta:
                    yield event.delta

    async def run_tools(
        self,
        tools: ToolFunctions,
        *,
        max_rounds: int = 10,
        tool_timeout: float | None = None,
        concurrency: int = 8,
        on_error: OnError = "report",
        via: Via = "listen",
        timeout: float | None = 300,
        poll_interval: float | None = None,
    ) -> RunResult:
        """The result of the run, COMPLETED or FAILED, its tool calls answered on the way.

        ``tools``: functions by their names, or functions that have type hints; sync or async. The arguments of a call
        are checked and coerced by the hints; those of a function without hints by the schema of the run's tool of
        that name (needs the extra ``tools``). A function with one structured parameter, whose fields are what the
        model was told of, gets all arguments as one object. What a function gives goes up as it is if it is a str,
        else as JSON.

        The calls of a round are carried out at the same time, at most ``concurrency`` at once, each in at most
        ``tool_timeout`` seconds; a sync function runs in a thread, where it cannot be broken off: when its time is
        over, it is left to itself. ``on_error``: what happens with a call of an unknown name, with wrong arguments, of
        a function that raises or takes too long: ``"report"`` tells the model ``{"error": …}``, with the text of the
        exception; ``"raise"`` ends the loop with ``ToolError``, and nothing of the round is submitted. It is logged
        either way. The results of a round are submitted once, in the order of its calls; where it is not known
        whether they arrived, the run is looked at before they are sent again.

        ``via``: ``"listen"`` follows the run's stream, ``"wait"`` polls it. ``timeout``: the most seconds for all of
        it, tools included. ``poll_interval`` as for ``wait``.

        Raises ``TooManyRoundsError`` when the model asks for tools after ``max_rounds`` rounds, before they are run;
        ``PollTimeoutError`` or ``RequestTimeoutError`` after ``timeout``; ``TypeError``, ``ValueError`` or
        ``ConfigurationError`` for tools that cannot work, before anything is sent; and what ``listen``, ``wait`` and
        ``submit_tool_results`` raise.
        """
        from yc_runs._async.tool_loop import tool_loop
        from yc_runs.tools.rounds import LoopOptions

        options = LoopOptions(max_rounds, tool_timeout, concurrency, on_error, via, timeout, poll_interval)
        return await tool_loop(self, self._transport, tools, options).to_the_end()

    def run_tools_stream(
        self,
        tools: ToolFunctions,
        *,
        max_rounds: int = 10,
        tool_timeout: float | None = None,
        concurrency: int = 8,
        on_error: OnError = "report",
        timeout: float | None = 300,
        poll_interval: float | None = None,
    ) -> AsyncToolLoop:
        """The events of the run, its tool calls answered on the way: iterate over it, then read its ``result``.

        The arguments and errors are those of ``run_tools``; the time begins when this is called.
        """
        from yc_runs._async.tool_loop import tool_loop
        from yc_runs.tools.rounds import LoopOptions

        options = LoopOptions(max_rounds, tool_timeout, concurrency, on_error, "listen", timeout, poll_interval)
        return tool_loop(self, self._transport, tools, options)

    async def submit_tool_results(
        self, tool_results: ToolResultLike | Iterable[ToolResultLike], *, timeout: Timeout = UNSET
    ) -> None:
        """Answer the calls that the run waits for: one ``{"name", "content"}`` dict or model, or several, in order.

        Raises ``TypeError`` or ``ValueError`` for wrong shapes before anything is sent. Calls that were answered
        meanwhile, by a submit at the same time, raise ``BadRequestError``: over the Responses API this client sends
        nothing then; of other clients and processes it cannot know, so have one alone answer a run there.

        Where an error's ``maybe_applied`` is True, the results may have arrived. It is safe to call again on the same
        object then: it looks first, and sends nothing if they have. Over the Responses API it looks into the
        conversation, which shows what was carried out when that has ended, and the run goes on by it. On a thread that
        is kept in this client no look can tell: it sends again, and what the first may have begun is left to itself.
        """
        from yc_runs._arguments.tools import tool_results as to_tool_results
        from yc_runs._async.submitting import AsyncSubmitting

        results, deadline = to_tool_results(tool_results), self._transport.deadline(timeout)
        submitting = AsyncSubmitting(self.id, self._wire, self._look, self._held, self._transport, deadline)
        await submitting.send(results)

    async def wait(
        self,
        *,
        timeout: Timeout = UNSET,
        poll_timeout: float | None = None,
        poll_interval: float | None = None,
        via: Literal["poll", "listen"] = "poll",
    ) -> RunResult:
        """The result, as soon as the run is COMPLETED, FAILED or waits with TOOL_CALLS for an answer not yet given.

        ``poll_timeout``: the most seconds to wait, 300 unless given; 0 looks once. ``poll_interval``: the most
        seconds between two looks, 0.5 unless given; the first come sooner. ``timeout``: seconds for each look,
        above 0.
        ``via="listen"`` looks when the run's stream says that there is something to see, and polls if that fails.

        Raises ``PollTimeoutError`` with the last status seen; the run itself goes on.
        """
        from yc_runs._async.waiting import AsyncWaiter, poll_policy
        from yc_runs.models import RunResult

        policy, each = poll_policy(poll_interval, poll_timeout), self._transport.deadline(timeout).timeout
        waiter = AsyncWaiter(self.id, self._wire, self._look, self._held, policy, self._transport, each)
        data = await waiter.wait(via, self.listen, was_running=self.data.status.is_running)
        await self._held.close()
        return RunResult(run=data)

    # async-only
    def __await__(self) -> Generator[Any, Any, RunResult]:
        return self.wait().__await__()

    # end async-only

    async def cancel(self, *, timeout: Timeout = UNSET) -> None:
        """Break the run off. ``timeout`` in seconds covers all attempts.

        A run that has ended meanwhile stays as it is. Where the gateway tells of the run in one answer alone, having
        refused to run it in the background, that answer is closed, which ends the run: at once, or by the listen of
        this object that reads it, as soon as that comes to it.

        Raises ``UnsupportedOperationError``, and sends nothing, where the gateway has no call for it: that of the
        Assistants API. So it does where such an answer is held by another object or client.
        """
        from yc_runs._async.cancelling import cancel

        await cancel(self.id, self._wire, self._held, self._transport, self.get_status, timeout)
