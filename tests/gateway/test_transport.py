"""The in-process transports: piece by piece, cancel-safe, nothing left behind."""

from __future__ import annotations

import gc
import threading
from typing import Any

import anyio
import httpx
import pytest

from tests.gateway.conftest import BASE, Api
from tests.support.patience import HANGING
from yc_runs.testing import LocalGateway
from yc_runs.testing._transport import InProcessTransport

waiting = {"function": {"name": "f"}}


async def waiting_run(api: Api) -> str:
    return await api.run("tool-caller", api.gateway.add_thread("?"), tools=[waiting])


def sleepers(gateway: LocalGateway) -> int:
    return sum(map(len, gateway._backend.bell._waiters.values()))


@pytest.mark.anyio
async def test_an_event_comes_out_though_the_stream_is_still_open(api: Api) -> None:
    run_id = await waiting_run(api)
    async with api.http.stream("GET", "/runs/listen", params={"runId": run_id}) as response:
        chunks = response.aiter_raw()
        assert b"TOOL_CALLS" in await anext(chunks)
        assert sleepers(api.gateway) == 1
        await api.submit(run_id, ("f", "x"))
        assert b"DONE" in await anext(chunks)
        # To its end: trio minds that httpx's generators are left before it.
        assert [chunk async for chunk in chunks] == []
    assert sleepers(api.gateway) == 0


@pytest.mark.anyio
async def test_a_cancelled_reader_ends_the_app(api: Api) -> None:
    run_id = await waiting_run(api)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(api.events, run_id)
        await anyio.wait_all_tasks_blocked()
        assert sleepers(api.gateway) == 1
        tasks.cancel_scope.cancel()
    assert sleepers(api.gateway) == 0
    assert (await api.submit(run_id, ("f", "x"))).status_code == 200


@pytest.mark.anyio
async def test_a_stream_that_is_dropped_unread_leaves_nothing(api: Api) -> None:
    run_id = await waiting_run(api)
    request = api.http.build_request("GET", "/runs/listen", params={"runId": run_id})
    response = await api.gateway.transport().handle_async_request(request)
    assert response.status_code == 200
    del response
    gc.collect()
    assert sleepers(api.gateway) == 0


@pytest.mark.anyio
async def test_silence_longer_than_the_read_timeout_is_a_read_timeout(api: Api) -> None:
    run_id = await waiting_run(api)
    with pytest.raises(httpx.ReadTimeout):
        await api.http.get("/runs/listen", params={"runId": run_id}, timeout=0.01)


@pytest.mark.anyio
async def test_an_app_that_breaks_off_is_a_protocol_error() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    async with httpx.AsyncClient(transport=InProcessTransport(app)) as http:
        with pytest.raises(httpx.RemoteProtocolError, match="before its answer was complete"):
            await http.get(BASE)


@pytest.mark.anyio
async def test_an_app_that_raises_lets_the_caller_see_it() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("app trouble")

    async with httpx.AsyncClient(transport=InProcessTransport(app)) as http:
        with pytest.raises(LookupError, match="app trouble"):
            await http.get(BASE)


@pytest.mark.anyio
async def test_many_listeners_are_all_woken(api: Api) -> None:
    run_id = await waiting_run(api)
    ended: list[str] = []

    async def listen() -> None:
        ended.append((await api.events(run_id))[-1]["eventType"])

    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(listen)
        await anyio.wait_all_tasks_blocked()
        await api.submit(run_id, ("f", "x"))
    assert ended == ["DONE"] * 20


def test_a_sync_client_streams_and_is_woken_from_another_client(gateway: LocalGateway) -> None:
    before = set(threading.enumerate())
    with (
        httpx.Client(transport=gateway.sync_transport(), base_url=BASE, timeout=HANGING) as http,
        httpx.Client(transport=gateway.sync_transport(), base_url=BASE, timeout=HANGING) as other,
    ):
        body = {"assistantId": "tool-caller", "threadId": gateway.add_thread("?"), "tools": [waiting]}
        run_id = http.post("/runs", json=body).json()["id"]
        result = {"toolResults": [{"functionResult": {"name": "f", "content": "x"}}]}
        with http.stream("GET", "/runs/listen", params={"runId": run_id}) as response:
            chunks = response.iter_raw()
            assert b"TOOL_CALLS" in next(chunks)
            answer = other.patch("/runs/submit", json={"runId": run_id, "toolResultList": result})
            assert answer.json() == {}
            assert b"DONE" in next(chunks)
    assert set(threading.enumerate()) <= before


def test_a_sync_listener_asleep_is_woken_from_another_thread(gateway: LocalGateway) -> None:
    body = {"assistantId": "tool-caller", "threadId": gateway.add_thread("?"), "tools": [waiting]}
    seen: list[str] = []
    with httpx.Client(transport=gateway.sync_transport(), base_url=BASE, timeout=HANGING) as http:
        run_id = http.post("/runs", json=body).json()["id"]
        listener = threading.Thread(
            target=lambda: seen.append(http.get("/runs/listen", params={"runId": run_id}).text), daemon=True
        )
        listener.start()
        result = {"toolResults": [{"functionResult": {"name": "f", "content": "x"}}]}
        assert http.patch("/runs/submit", json={"runId": run_id, "toolResultList": result}).status_code == 200
        listener.join(HANGING)
    assert "DONE" in seen[0]


def test_closing_a_sync_client_in_mid_stream_ends_its_thread(gateway: LocalGateway) -> None:
    before = set(threading.enumerate())
    http = httpx.Client(transport=gateway.sync_transport(), base_url=BASE, timeout=HANGING)
    body = {"assistantId": "tool-caller", "threadId": gateway.add_thread("?"), "tools": [waiting]}
    run_id = http.post("/runs", json=body).json()["id"]
    request = http.build_request("GET", "/runs/listen", params={"runId": run_id})
    response = http.send(request, stream=True)
    assert b"TOOL_CALLS" in next(response.iter_raw())
    http.close()
    response.close()
    assert set(threading.enumerate()) <= before
    assert sleepers(gateway) == 0


def test_a_sync_transport_may_be_closed_unused(gateway: LocalGateway) -> None:
    transport = gateway.sync_transport()
    transport.close()
    transport.close()


def test_the_sync_transport_keeps_to_the_read_timeout(gateway: LocalGateway) -> None:
    gateway.latency = 3600.0
    with (
        httpx.Client(transport=gateway.sync_transport(), base_url=BASE, timeout=HANGING) as http,
        pytest.raises(httpx.ReadTimeout),
    ):
        http.get("/runs/x", timeout=0.01)


@pytest.mark.anyio
async def test_a_transport_of_the_other_kind_is_refused_with_the_right_one() -> None:
    gateway = LocalGateway()
    with pytest.raises(TypeError, match=r"give httpx\.Client sync_transport\(\)"):
        httpx.Client(transport=gateway.transport()).__enter__()  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"give httpx\.Client sync_transport\(\)"):
        httpx.Client(transport=gateway.transport()).get(BASE)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"give httpx\.AsyncClient transport\(\)"):
        await httpx.AsyncClient(transport=gateway.sync_transport()).__aenter__()  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"give httpx\.AsyncClient transport\(\)"):
        await httpx.AsyncClient(transport=gateway.sync_transport()).get(BASE)  # type: ignore[arg-type]
