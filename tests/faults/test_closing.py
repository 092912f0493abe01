"""Closing a client whose closing is cancelled, whose event loop is gone, or whose process is another."""

from __future__ import annotations

import asyncio
import gc
import json
import ssl
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
import trustme

from tests.support.answers import RUN_ID, partial_event, run_json
from tests.support.child import in_child
from tests.support.clients import FOLDER_ID, SECRET
from tests.support.patience import HANGING, async_until
from tests.support.raw_server import Act, RawRequest, RawServer, chunk, head, whole
from yc_runs import AsyncClient, NoAuth
from yc_runs._async.lease import place_here
from yc_runs._async.pool import AsyncPool

CA = trustme.CA()
AT_ONCE = 3


def answer(request: RawRequest) -> list[Act]:
    if not request.path.endswith("/listen"):
        return [whole(run_json())]
    event = json.dumps(partial_event(0, "a")).encode()
    return [head(content_type="text/event-stream"), chunk(b"data: %s\n\n" % event)]


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("127.0.0.1").configure_cert(context)
    with RawServer(answer, tls=context if request.param else None) as server:
        yield server


@pytest.fixture
def client(server: RawServer, tmp_path: Path) -> AsyncClient:
    CA.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    verify = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
    return AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=server.url, verify=verify, timeout=HANGING)


async def call(client: AsyncClient) -> None:
    """Make some calls at once, each of which has a connection of its own."""
    leases = [await client._pool.acquire() for _ in range(AT_ONCE)]
    for lease in leases:
        await client._pool.release(lease, cancelled=False)
    await asyncio.gather(*(client.runs.get(RUN_ID) for _ in range(AT_ONCE)))


async def cancel_closing(client: AsyncClient, rounds: int) -> None:
    """Cancel the closing after so many rounds of the loop."""
    closing = asyncio.ensure_future(client.aclose())
    for _ in range(rounds):
        await asyncio.sleep(0)
    is_under_way = not closing.done()
    closing.cancel()
    await asyncio.wait([closing])
    assert closing.cancelled() is is_under_way


@pytest.mark.parametrize("rounds", range(1, 8))
def test_a_closing_that_is_cancelled_goes_on_to_its_end(server: RawServer, client: AsyncClient, rounds: int) -> None:
    async def main() -> None:
        await call(client)
        await cancel_closing(client, rounds)
        await async_until(lambda: server.open == 0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


@pytest.mark.parametrize("rounds", range(1, 8))
def test_a_closing_that_is_cancelled_as_the_loop_ends_leaves_no_socket(
    server: RawServer, client: AsyncClient, rounds: int
) -> None:
    async def main() -> None:
        await call(client)
        await cancel_closing(client, rounds)

    asyncio.run(main())
    assert server.wait_until_closed() == 0


@pytest.mark.parametrize("before", range(1, 5))
@pytest.mark.parametrize("after", range(9))
def test_a_call_that_connects_as_the_client_is_closed_and_is_cancelled_then_leaves_no_socket(
    server: RawServer, client: AsyncClient, before: int, after: int
) -> None:
    async def main() -> None:
        call = asyncio.ensure_future(client.runs.get(RUN_ID))
        for _ in range(before):
            await asyncio.sleep(0)
        closing = asyncio.ensure_future(client.aclose())
        for _ in range(after):
            await asyncio.sleep(0)
        call.cancel()
        await asyncio.wait([call, closing])
        await async_until(lambda: server.open == 0)

    asyncio.run(main())


def test_a_closing_that_is_cancelled_goes_on_to_its_end_on_trio(server: RawServer, client: AsyncClient) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(AT_ONCE):
                nursery.start_soon(client.runs.get, RUN_ID)
        with trio.CancelScope() as scope:
            scope.cancel()
            await client.aclose()
            await trio.lowlevel.checkpoint()
        assert scope.cancelled_caught
        await async_until(lambda: server.open == 0)

    trio.run(main)


def run_and_forget(work: Coroutine[Any, Any, object]) -> object:
    """Run in a loop of its own, which is closed without its async generators."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


async def begin_a_listen(client: AsyncClient) -> object:
    events = (await client.runs.get(RUN_ID)).listen()
    await anext(events)
    return events


@pytest.mark.parametrize("work", [call, begin_a_listen])
def test_what_a_closed_loop_has_left_open_is_closed_with_the_next_call(
    server: RawServer, client: AsyncClient, work: Callable[[AsyncClient], Coroutine[Any, Any, object]]
) -> None:
    kept = run_and_forget(work(client))
    assert server.open > 0

    async def once_more() -> None:
        await client.runs.get(RUN_ID)
        await async_until(lambda: server.open == 1)
        assert [lease.place for lease in client._pool._leases] == [place_here()]
        await client.aclose()

    asyncio.run(once_more())
    assert server.wait_until_closed() == 0
    # Until here, since asyncio would have a task close what was dropped, and the loop would leave that undone.
    del kept


def test_what_closed_loops_have_left_open_is_closed_with_the_client(server: RawServer, client: AsyncClient) -> None:
    for _ in range(3):
        run_and_forget(call(client))
    asyncio.run(client.aclose())
    assert server.wait_until_closed() == 0
    assert (client._pool._leases, client._pool._free, set(client._pool._loops)) == ([], [], set())


def test_what_a_closed_loop_has_left_open_is_closed_when_nobody_has_the_client_any_more(server: RawServer) -> None:
    client = AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=server.url, verify=False, timeout=HANGING)
    run_and_forget(call(client))
    pool = weakref.ref(client._pool)
    del client
    gc.collect()
    assert pool() is None
    assert server.wait_until_closed() == 0


@pytest.mark.parametrize("rounds", range(12))
def test_a_loop_that_is_closed_amid_the_closing_of_its_connections_leaves_the_rest_to_the_next(
    server: RawServer, client: AsyncClient, rounds: int
) -> None:
    async def begin_to_close() -> None:
        await call(client)
        for lease in client._pool._leases:
            asyncio.ensure_future(lease.client.aclose())  # noqa: RUF006
        for _ in range(rounds):
            await asyncio.sleep(0)

    run_and_forget(begin_to_close())
    asyncio.run(client.aclose())
    assert server.wait_until_closed() == 0


def test_what_was_dropped_once_may_be_dropped_again(server: RawServer, client: AsyncClient) -> None:
    run_and_forget(call(client))
    for lease in 2 * client._pool._leases:
        lease.drop()
    assert server.wait_until_closed() == 0


def test_the_closing_of_one_loop_leaves_the_connections_of_others_alone(server: RawServer, client: AsyncClient) -> None:
    async def main() -> None:
        await client.runs.get(RUN_ID)
        await asyncio.to_thread(run_and_forget, call(client))
        # Two at once need a connection more, and so look for what is left.
        await asyncio.gather(client.runs.get(RUN_ID), client.runs.get(RUN_ID))
        await async_until(lambda: server.open == 2)
        assert server.connections == 2 + AT_ONCE
        await client.aclose()

    asyncio.run(main())


def test_what_a_closed_loop_has_left_open_at_a_proxy_is_closed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(client: AsyncClient) -> None:
        await client.runs.get(RUN_ID)

    with RawServer(answer) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        client = AsyncClient(folder_id=FOLDER_ID, auth=NoAuth(), base_url="http://gateway.test", timeout=HANGING)
        run_and_forget(use(client))
        assert len(proxy.seen) == 1
        asyncio.run(client.aclose())
        assert proxy.wait_until_closed() == 0


LEFT_AMID = """
import asyncio
from tests.support.answers import run_json
from tests.support.raw_server import RawServer, stall, whole
from yc_runs import AsyncClient

def answer(request):
    return [stall()] if request.path.endswith("slow") else [whole(run_json(run_id=request.path.rsplit("/")[-1]))]

async def leave(rounds):
    tasks = [asyncio.ensure_future(client.runs.get("slow")) for _ in range(2)]
    while not (server.count("GET", "/assistants/v1/runs/slow") == 2 if rounds is None else rounds == 0):
        await asyncio.sleep(0)
        rounds = rounds and rounds - 1
    return tasks if is_kept else None

for rounds in (*range(1, 9), None):
    with RawServer(answer) as server:
        client = AsyncClient(folder_id="f", auth="k", base_url=server.url)
        loop = asyncio.new_event_loop()
        kept = loop.run_until_complete(leave(rounds))
        loop.close()
        if is_called:
            print(asyncio.run(client.runs.get("r1")).id, end=" ")
        asyncio.run(client.aclose())
        print(server.wait_until_closed())
"""


@pytest.mark.parametrize("is_called", [True, False], ids=["next call", "closing"])
@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "dropped"])
def test_calls_that_a_closed_loop_has_left_amid_hold_back_nothing_and_leave_no_socket(
    is_called: bool, is_kept: bool
) -> None:
    # What else asyncio and httpcore complain of, where a call is left amid, is theirs.
    output, _, status = in_child(f"is_called, is_kept = {is_called}, {is_kept}\n{LEFT_AMID}")
    assert (output, status) == (("r1 0\n" if is_called else "0\n") * 9, 0)


class SlowlyClosed(httpx.AsyncClient):
    """A client whose closing takes so many rounds of the loop. ``closed`` counts how often it came to its end."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds
        self.closed = 0

    async def aclose(self) -> None:
        for _ in range(self.rounds):
            await asyncio.sleep(0)
        await super().aclose()
        self.closed += 1


@pytest.mark.parametrize("rounds", range(5))
@pytest.mark.parametrize("later", range(5))
def test_a_loop_that_ends_amid_the_closing_of_a_cancelled_call_has_nothing_to_complain_of(
    rounds: int, later: int
) -> None:
    complaints: list[Any] = []
    client = SlowlyClosed(rounds)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: complaints.append(context))
        pool = AsyncPool(lambda: client, is_ours=True, now=loop.time)
        await pool.release(await pool.acquire(), cancelled=True)
        for _ in range(later):
            await asyncio.sleep(0)
        # As at the end of a loop, which closes generators without waiting for tasks that came late.
        await loop.shutdown_asyncgens()

    asyncio.run(main())
    assert complaints == []
    assert client.is_closed
    assert client.closed


class Droppable(httpx.AsyncClient):
    """A client that can be dropped, as the pool's own can."""

    is_dropped = False

    def drop(self) -> None:
        self.is_dropped = True


@pytest.mark.parametrize("is_closed_first", [False, True], ids=["closing", "closed"])
def test_a_client_whose_loop_was_closed_amid_its_closing_is_dropped(is_closed_first: bool) -> None:
    client, other = Droppable(), Droppable()
    clients = iter([client, other])
    pool = AsyncPool(lambda: next(clients), is_ours=True, now=lambda: 0.0)

    async def cancel() -> None:
        await pool.release(await pool.acquire(), cancelled=True)
        if is_closed_first:
            await async_until(lambda: not pool._closing)

    async def come_back() -> None:
        await pool.acquire()
        assert client.is_dropped is not is_closed_first
        assert len(pool._leases) == 1
        await pool.aclose()

    run_and_forget(cancel())
    asyncio.run(come_back())
    assert not other.is_dropped


def test_a_client_whose_loop_was_closed_amid_the_closing_of_the_pool_is_dropped() -> None:
    class Stuck(Droppable):
        def __init__(self) -> None:
            super().__init__()
            self.is_at_it = threading.Event()

        async def aclose(self) -> None:
            self.is_at_it.set()
            await asyncio.Event().wait()

    client = Stuck()
    pool = AsyncPool(lambda: client, is_ours=True, now=lambda: 0.0)

    async def close() -> None:
        await pool.release(await pool.acquire(), cancelled=False)
        closing = asyncio.ensure_future(pool.aclose())
        await async_until(client.is_at_it.is_set)
        assert not closing.done()

    run_and_forget(close())
    assert not client.is_dropped
    asyncio.run(pool.aclose())
    assert client.is_dropped


def test_closing_waits_for_nothing_that_another_loop_is_still_closing() -> None:
    pool = AsyncPool(httpx.AsyncClient, is_ours=True, now=lambda: 0.0)

    async def leave() -> None:
        await pool.release(await pool.acquire(), cancelled=True)

    other = asyncio.new_event_loop()
    try:
        other.run_until_complete(leave())
        assert len(pool._closing) == 1
        asyncio.run(pool.aclose())
        other.run_until_complete(pool.aclose())
        assert pool._closing == set()
    finally:
        other.run_until_complete(other.shutdown_asyncgens())
        other.close()
