"""On trio, which tells of every generator that is left half read: the client's own connections leave none behind."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest
import trio

from tests.support.answers import run_json
from tests.support.clocks import AsyncFakeClock
from tests.support.patience import HANGING
from tests.support.raw_server import RawServer, whole
from yc_runs import AsyncClient, AsyncRun, RequestTimeoutError, StreamInterruptedError
from yc_runs.testing import Final, LocalGateway, ToolCalls
from yc_runs.testing.script import FunctionCall


def asking(messages: object, tools: object) -> object:
    yield "Let me see"
    yield ToolCalls([FunctionCall("f", {})])
    yield Final("done")


async def hear(run: AsyncRun, timeout: float | None) -> None:
    async with aclosing(run.listen(timeout=timeout)) as events:
        async for _ in events:
            pass


async def read_to_the_end(run: AsyncRun, gateway: LocalGateway) -> None:
    async with aclosing(run.listen()) as events:
        async for event in events:
            if event.tool_calls:
                await run.submit_tool_results({"name": "f", "content": "1"})


async def leave_early(run: AsyncRun, gateway: LocalGateway) -> None:
    async with aclosing(run.listen()) as events:
        async for _ in events:
            break


async def run_out_of_time(run: AsyncRun, gateway: LocalGateway) -> None:
    with pytest.raises(RequestTimeoutError):
        await hear(run, timeout=0.05)


async def be_cut_off(run: AsyncRun, gateway: LocalGateway) -> None:
    gateway.faults.cut_stream(after_bytes=10, how="reset", times=None)
    with pytest.raises(StreamInterruptedError):
        await hear(run, timeout=HANGING)


async def be_cancelled(run: AsyncRun, gateway: LocalGateway) -> None:
    with trio.move_on_after(0.05):
        await hear(run, timeout=None)


@pytest.mark.parametrize("story", [read_to_the_end, leave_early, run_out_of_time, be_cut_off, be_cancelled])
def test_no_generator_is_left_half_read(story: Callable[[AsyncRun, LocalGateway], Awaitable[None]]) -> None:
    gateway = LocalGateway()
    assistant, thread = gateway.add_assistant(asking), gateway.add_thread("hi")

    async def main(url: str) -> None:
        # The pauses before new attempts are passed over; the limits on waiting are real.
        clock = AsyncFakeClock() if story is be_cut_off else None
        async with AsyncClient(folder_id=gateway.folder_id, auth="key", base_url=url, clock=clock) as client:
            await story(await client.runs.create(assistant, thread, stream=True), gateway)
            gc.collect()

    with warnings.catch_warnings(record=True) as told, gateway.serve() as url:
        warnings.simplefilter("always")
        trio.run(main, url)
        gc.collect()
    assert [str(warning.message) for warning in told if "Async generator" in str(warning.message)] == []


class Cancelling(trio.abc.Instrument):
    """Cancels at the end of a certain step of the tasks."""

    def __init__(self, step: int, scope: trio.CancelScope) -> None:
        self._left = step
        self._scope = scope

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        self._left -= 1
        if self._left == 0:
            trio.lowlevel.current_trio_token().run_sync_soon(self._scope.cancel)


def test_a_write_that_is_cancelled_at_any_step_leaves_no_generator_half_read() -> None:
    async def write(step: int) -> bool:
        async with AsyncClient(folder_id="f", auth="key-of-tests", base_url=server.url, timeout=HANGING) as client:
            with trio.CancelScope() as scope:
                trio.lowlevel.add_instrument(cancelling := Cancelling(step, scope))
                await client.runs.create("a", "t")
            trio.lowlevel.remove_instrument(cancelling)
        return scope.cancelled_caught

    with RawServer(lambda request: [whole(run_json())]) as server, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert [trio.run(write, step) for step in range(1, 9)].count(True) > 3
        gc.collect()
    assert [str(warning.message) for warning in caught if "Async generator" in str(warning.message)] == []
