"""One client for a long time, in many places: loops, threads, forks, and very many calls at once."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trio
import trustme

from tests.support.answers import RUN_ID, completed, done_event, partial_event, run_json
from tests.support.child import in_child, in_children, started, without_slowness
from tests.support.clients import FOLDER_ID, SECRET, make_client
from tests.support.memory import leak_of
from tests.support.patience import HANGING, async_until, until
from tests.support.raw_server import LAST_CHUNK, Act, RawRequest, RawServer, chunk, head, hold, whole
from yc_runs import AsyncClient, Client, PollTimeoutError


def settings(server: RawServer) -> dict[str, Any]:
    return {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url}


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(lambda request: [whole(run_json())]) as server:
        yield server


def test_one_async_client_serves_loop_after_loop(server: RawServer) -> None:
    client = AsyncClient(**settings(server))

    async def call() -> str:
        return (await client.runs.get(RUN_ID)).id

    async def fail() -> None:
        await call()
        raise KeyError("mine")

    assert [asyncio.run(call()), asyncio.run(call())] == [RUN_ID] * 2
    with pytest.raises(KeyError):
        asyncio.run(fail())
    assert asyncio.run(call()) == RUN_ID
    assert [trio.run(call), trio.run(call)] == [RUN_ID] * 2
    assert asyncio.run(call()) == RUN_ID
    assert server.wait_until_closed() == 0


def test_one_async_client_serves_loops_in_threads_at_once(server: RawServer) -> None:
    client = AsyncClient(**settings(server))
    found: list[str] = []

    async def call() -> None:
        found.extend([(await client.runs.get(RUN_ID)).id for _ in range(5)])

    _in_threads(8, lambda: asyncio.run(call()))
    assert found == [RUN_ID] * 40
    assert server.wait_until_closed() == 0


def test_one_blocking_client_serves_threads_at_once(server: RawServer) -> None:
    found: list[str] = []
    with Client(**settings(server)) as client:
        _in_threads(16, lambda: found.extend(client.runs.get(RUN_ID).id for _ in range(5)))
    assert found == [RUN_ID] * 80
    assert server.wait_until_closed() == 0


def test_each_thread_and_task_sees_its_own_last_answer() -> None:
    def answer(request: RawRequest) -> list[Act]:
        return [whole(run_json(), x_request_id=request.path.rpartition("/")[2])]

    with RawServer(answer) as server, Client(**settings(server)) as client:
        seen: dict[str, str | None] = {}
        barrier = threading.Barrier(4)

        def call() -> None:
            name = threading.current_thread().name
            assert client.raw_response is None
            client.runs.get(name)
            barrier.wait(HANGING)
            raw = client.raw_response
            seen[name] = raw and raw.request_id

        _in_threads(4, call)
        assert len(seen) == 4
        assert all(name == found for name, found in seen.items())
        assert client.raw_response is None

    async def in_tasks(client: AsyncClient) -> None:
        called: list[str] = []

        async def call(name: str) -> None:
            await client.runs.get(name)
            called.append(name)
            await async_until(lambda: len(called) == 8)
            assert client.raw_response is not None
            assert client.raw_response.request_id == name

        await asyncio.gather(*(call(f"task-{number}") for number in range(8)))
        await client.aclose()

    with RawServer(answer) as server:
        asyncio.run(in_tasks(AsyncClient(**settings(server))))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_blocking_client_lives_on_in_a_forked_child_and_in_its_parent(server: RawServer) -> None:
    done = in_child(
        f"""
        import os
        from yc_runs import Client
        client = Client(folder_id="f", auth="key-of-tests", base_url={server.url!r})
        assert client.runs.get("r").id
        child = os.fork()
        if child == 0:
            ok = bool(client.runs.get("r").id)
            client.close()
            os._exit(0 if ok else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert client.runs.get("r").id
        client.close()
        """
    )
    assert done == ("", "", 0)
    assert server.connections == 2


FORKING = """
import asyncio, os
from yc_runs import AsyncClient

async def call(client):
    assert (await client.runs.get("r")).id

async def live(client, let_go):
    await call(client)
    os.read(let_go, 1)
    await client.aclose()

async def main():
    client = AsyncClient(folder_id="f", auth="key-of-tests", base_url={url!r}, verify={verify})
    await call(client)
    let_go, hold = os.pipe()
    child = os.fork()
    if child == 0:
        asyncio._set_running_loop(None)
        try:
            asyncio.run(live(client, let_go))
            os._exit(0)
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
    await call(client)
    await client.aclose()
    print("closed", flush=True)
    input()
    os.write(hold, b"x")
    assert os.waitpid(child, 0)[1] == 0

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_an_async_client_lives_on_in_a_forked_child_which_keeps_nothing_of_its_parent_open(tls: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with RawServer(lambda request: [whole(run_json())], tls=context if tls else None) as server:
        with started(FORKING.format(url=server.url, verify=False)) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "closed\n"
            until(lambda: (server.connections, server.open) == (2, 1))
            told, errors = process.communicate("\n", HANGING)
            assert (told, without_slowness(errors), process.returncode) == ("", "", 0)
        assert (server.wait_until_closed(), len(server.seen)) == (0, 3)


ENDS = {
    "used twice": "asyncio.run(use()); asyncio.run(use())",
    "amid a listen": "asyncio.run(leave())",
    "amid a cancelled call": "asyncio.run(cancel())",
    "own loop": "run(asyncio.new_event_loop())",
    "trio": "trio.run(use)",
    "blocking": "blocking.runs.get('r')",
    "blocking listen": "events = blocking.runs.get('r').listen(); next(events)",
}
PROGRAM = """
client = AsyncClient(folder_id="f", auth="key-of-tests", base_url={url!r})
blocking = Client(folder_id="f", auth="key-of-tests", base_url={url!r})

async def use():
    await client.runs.get("r")

async def leave():
    async with aclosing((await client.runs.get("r")).listen()) as events:
        async for event in events:
            break

async def cancel():
    task = asyncio.ensure_future(client.runs.get("slow"))
    await asyncio.sleep(0.1)
    task.cancel()

def run(loop):
    loop.run_until_complete(use())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()

{end}
"""
IMPORTS = "import asyncio, httpx, trio; from contextlib import aclosing; from yc_runs import *"


def test_nothing_warns_at_the_end_of_the_interpreter_though_nobody_closed_the_client(tmp_path: Path) -> None:
    def answer(request: RawRequest) -> list[Act]:
        if request.path.endswith("/listen"):
            return [head(content_type="text/event-stream"), chunk(b"data: {}\n\n"), hold(threading.Event())]
        return [hold(threading.Event())] if request.path.endswith("/slow") else [whole(run_json())]

    with RawServer(answer) as server:
        programs = {name: PROGRAM.format(url=server.url, end=end) for name, end in ENDS.items()}
        outcomes = in_children(programs, tmp_path, warm=IMPORTS)
        assert outcomes == dict.fromkeys(ENDS, ("", "", 0))
        assert server.count("GET", "/assistants/v1/runs/listen") == 2


def test_many_listens_at_once_on_one_client_starve_nobody() -> None:
    opened = threading.Event()

    def answer(request: RawRequest) -> list[Act]:
        if not request.path.endswith("/listen"):
            return [whole(run_json())]
        if request.number == 499:
            opened.set()
        return [head(content_type="text/event-stream"), _event(partial_event(0, "a")), hold(opened), *_LAST]

    async def listen_all(client: AsyncClient) -> list[list[int]]:
        async def listen() -> list[int]:
            return [event.index async for event in run.listen(timeout=None, idle_timeout=None)]

        run = await client.runs.get(RUN_ID)
        async with client:
            return await asyncio.wait_for(asyncio.gather(*(listen() for _ in range(500))), HANGING)

    with RawServer(answer) as server:
        assert asyncio.run(listen_all(AsyncClient(**settings(server), connect_timeout=HANGING))) == [[0, 1]] * 500
        assert server.count("GET", "/assistants/v1/runs/listen") == 500
        assert server.wait_until_closed() == 0


def test_many_waits_at_once_on_one_client_starve_nobody() -> None:
    asked = 0
    connections: set[asyncio.Task[None] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        connections.add(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                asked += 1
                writer.write(whole(run_json() if asked < 1001 else completed()))
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def wait_all() -> list[str | None]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        patient = {"timeout": HANGING, "connect_timeout": HANGING}
        async with AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=url, **patient) as client:
            run = await client.runs.get(RUN_ID)
            results = await asyncio.gather(*(run.wait(poll_timeout=HANGING) for _ in range(1000)))
        server.close()
        await asyncio.gather(*filter(None, connections))
        await server.wait_closed()
        return [result.text for result in results]

    assert asyncio.run(wait_all()) == ["It is done."] * 1000


def test_a_leak_is_told_from_a_growth_that_comes_once() -> None:
    kept: list[bytes] = []
    growths = iter([0, 0, 0, 300, 0, 0])
    assert leak_of(lambda: kept.extend(bytes(1000) for _ in range(100))) > 100_000
    assert leak_of(lambda: kept.extend(bytes(1000) for _ in range(next(growths)))) == 0
    assert list(growths) == []


def test_calls_beyond_count_leave_memory_flat() -> None:
    client = make_client(lambda request: _completed())

    def some() -> None:
        for _ in range(100):
            assert client.runs.get(RUN_ID).wait().is_succeeded

    assert leak_of(some) == 0


def test_clients_that_come_and_go_leave_memory_flat() -> None:
    def some() -> None:
        for _ in range(100):
            with make_client(lambda request: _completed()) as client:
                client.runs.get(RUN_ID)
                client._pool._leases[0].client.close()

    assert leak_of(some) == 0


def test_a_wait_of_many_polls_leaves_memory_flat() -> None:
    def some() -> None:
        client = make_client(lambda request: _pending())
        with pytest.raises(PollTimeoutError):
            client.runs.get(RUN_ID).wait(poll_timeout=60)

    assert leak_of(some) == 0


def _event(value: Any) -> bytes:
    import json

    return chunk(b"data: %s\n\n" % json.dumps(value).encode())


_LAST = (_event(done_event(1)), LAST_CHUNK)


def _completed() -> Any:
    from tests.support.answers import ok

    return ok(completed())


def _pending() -> Any:
    from tests.support.answers import ok

    return ok(run_json())


def _in_threads(count: int, work: Any) -> None:
    failures: list[BaseException] = []

    def carefully() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=carefully, name=f"thread-{number}") for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANGING)
    assert failures == []
