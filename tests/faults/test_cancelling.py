"""Calls that are cancelled or closed at any moment: nothing is left behind, and what comes after works."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.support.answers import RUN_ID, calling, completed, done_event, partial_event, run_json
from tests.support.clients import FOLDER_ID, SECRET, connection_of
from tests.support.clocks import AsyncFakeClock
from tests.support.patience import HANGING, async_until, until
from tests.support.raw_server import LAST_CHUNK, Act, RawRequest, RawServer, chunk, head, stall, whole
from yc_runs import AsyncClient, Client, ClientClosedError

RESULT = {"name": "f", "content": "1"}


def event(value: Any) -> bytes:
    import json

    return chunk(b"data: %s\n\n" % json.dumps(value).encode())


def slow_gateway(request: RawRequest) -> list[Act]:
    """Answers soon, and streams for a little while."""
    if not request.path.endswith("/listen"):
        return [stall(0.001 * (request.number % 10)), whole(run_json())]
    opening = [head(content_type="text/event-stream"), event(partial_event(0, "a"))]
    return [*opening, stall(0.02), event(partial_event(1, "ab")), stall(0.05), event(done_event(2)), LAST_CHUNK]


def silent_gateway(request: RawRequest) -> list[Act]:
    """Shows runs, and streams that go silent after an event; everything else is never answered."""
    if request.path.endswith("/listen"):
        return [head(content_type="text/event-stream"), event(partial_event(0, "a")), stall()]
    return [whole(calling("f"))] if request.path.endswith(RUN_ID) else [stall()]


def settings(server: RawServer) -> dict[str, Any]:
    return {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url}


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(slow_gateway) as server:
        yield server


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="counts the descriptors as Linux shows them")  # noqa: PTH110
def test_a_storm_of_cancellations_leaves_nothing_behind(server: RawServer) -> None:
    dice = random.Random(7)
    before = descriptors()

    async def cancel(task: asyncio.Task[Any]) -> None:
        await asyncio.sleep(dice.random() * 0.2)
        task.cancel()
        if dice.random() < 0.5:
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
            task.cancel()

    async def storm() -> None:
        async with AsyncClient(**settings(server), timeout=HANGING, connect_timeout=HANGING) as client:
            run = await client.runs.get(RUN_ID)

            async def listen() -> None:
                async for _ in run.listen(idle_timeout=None):
                    pass

            tasks: list[asyncio.Task[Any]] = []
            for number in range(2000):
                work = listen() if number % 2 else client.runs.get(RUN_ID)
                tasks.append(asyncio.ensure_future(work))  # type: ignore[arg-type]
                tasks.append(asyncio.ensure_future(cancel(tasks[-1])))
                if number % 50 == 0:
                    await asyncio.sleep(0.005)
            ends = await asyncio.gather(*tasks, return_exceptions=True)
            assert not [end for end in ends if isinstance(end, Exception)]
            assert sum(isinstance(end, asyncio.CancelledError) for end in ends) > 500
            for _ in range(100):
                assert (await client.runs.get(RUN_ID)).id == RUN_ID
            await async_until(lambda: len(asyncio.all_tasks()) == 1)
            assert set(client._pool._leases) == set(client._pool._free)
            for lease in client._pool._leases:
                assert connection_of(lease).is_idle()

    asyncio.run(storm())
    gc.collect()
    assert server.wait_until_closed() == 0
    assert descriptors() <= before + 2


@pytest.mark.parametrize("arrives", [True, False], ids=["arrives", "is lost"])
def test_a_submit_that_was_cancelled_is_looked_for_before_it_is_sent_again(arrives: bool) -> None:
    applied: list[int] = []

    came = threading.Event()

    def gateway(request: RawRequest) -> list[Act]:
        if request.method == "GET":
            return [whole(completed() if applied else calling("f"))]
        if request.number == 0:
            applied.extend([0] * arrives)
            came.set()
            return [stall()]
        applied.append(request.number)
        return [whole({})]

    async def submit_twice() -> None:
        async with AsyncClient(**settings(server), clock=AsyncFakeClock()) as client:
            run = await client.runs.get(RUN_ID)
            first = asyncio.ensure_future(run.submit_tool_results(RESULT))
            await async_until(came.is_set)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            await run.submit_tool_results(RESULT)

    with RawServer(gateway) as server:
        asyncio.run(submit_twice())
        assert len(applied) == 1


def test_closing_ends_every_call_with_a_clear_error() -> None:
    async def close_amid_calls() -> list[Any]:
        async with AsyncClient(**settings(server)) as client:
            run = await client.runs.get(RUN_ID)

            async def listen() -> None:
                async for _ in run.listen(timeout=30):
                    pass

            work = [listen(), client.runs.create("a", "t"), client.runs.get("other"), run.submit_tool_results(RESULT)]
            tasks = [asyncio.ensure_future(each) for each in work]
            await async_until(lambda: len(server.seen) >= 5)
            await client.aclose()
            return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), HANGING)

    with RawServer(silent_gateway) as server:
        ends = asyncio.run(close_amid_calls())
        assert [type(end) for end in ends] == [ClientClosedError] * 4
        assert [end.maybe_applied for end in ends] == [False, True, False, True]
        assert server.wait_until_closed() == 0


def test_closing_from_another_thread_ends_every_call_with_a_clear_error() -> None:
    ends: list[BaseException] = []

    def take(work: Any) -> None:
        try:
            work()
        except BaseException as error:
            ends.append(error)

    with RawServer(silent_gateway) as server:
        client = Client(**settings(server))
        run = client.runs.get(RUN_ID)
        work = [
            lambda: list(run.listen(timeout=30)),
            lambda: client.runs.create("a", "t"),
            lambda: client.runs.get("other"),
        ]
        threads = [threading.Thread(target=take, args=(each,)) for each in work]
        for thread in threads:
            thread.start()
        until(lambda: len(server.seen) >= 4 or bool(ends))
        assert ends == []
        client.close()
        for thread in threads:
            thread.join(HANGING)
        assert [type(end) for end in ends] == [ClientClosedError] * 3
        assert server.wait_until_closed() == 0


def test_leaving_a_listen_after_the_client_was_closed_is_no_error() -> None:
    with RawServer(silent_gateway) as server:
        client = Client(**settings(server))
        events = client.runs.get(RUN_ID).listen()
        assert next(events).index == 0
        client.close()
        events.close()


def test_breaking_out_of_a_listen_leaves_nothing_open(server: RawServer) -> None:
    complaints: list[Any] = []

    async def break_out() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
        async with AsyncClient(**settings(server)) as client:
            run = await client.runs.get(RUN_ID)
            async for event in run.listen():
                if event.index == 1:
                    break
        await asyncio.sleep(0.05)

    asyncio.run(break_out())
    gc.collect()
    assert complaints == []
    assert server.wait_until_closed() == 0


def test_breaking_out_of_a_blocking_listen_leaves_nothing_open(server: RawServer) -> None:
    with Client(**settings(server)) as client:
        run = client.runs.get(RUN_ID)
        for event in run.listen():
            if event.index == 1:
                break
        leases = client._pool._leases
        assert all(connection_of(lease).is_idle() or connection_of(lease).is_closed() for lease in leases)
        assert client._pool._free == leases
    assert server.wait_until_closed() == 0


def test_cancelled_calls_of_a_loop_that_ends_leave_no_socket() -> None:
    async def cancel_and_go() -> None:
        before = len(server.seen)
        task = asyncio.ensure_future(client.runs.get("other"))
        await async_until(lambda: len(server.seen) > before)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    with RawServer(silent_gateway) as server:
        client = AsyncClient(**settings(server))
        for _ in range(3):
            asyncio.run(cancel_and_go())
        gc.collect()
        assert server.wait_until_closed() == 0


def test_closing_at_any_moment_of_a_call_leaves_none_hanging() -> None:
    async def close_after(steps: int) -> list[Any]:
        client = AsyncClient(**settings(server))
        tasks = [asyncio.ensure_future(client.runs.get("other")) for _ in range(5)]
        for _ in range(steps):
            await asyncio.sleep(0)
        await client.aclose()
        return await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), HANGING)

    with RawServer(silent_gateway) as server:
        for steps in range(30):
            assert {type(end) for end in asyncio.run(close_after(steps))} == {ClientClosedError}
