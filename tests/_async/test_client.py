"""The client as a thing: whose connections it uses, when it is open, and when it is closed."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.answers import RUN_ID, Body, done_event, events_answer, ok, partial_event, run_json
from tests.support.clients import BASE_URL, SECRET, Script, make_async_client
from tests.support.clocks import AsyncFakeClock
from yc_runs import AsyncClient, ClientClosedError

pytestmark = pytest.mark.anyio


class Transport(httpx.MockTransport):
    """A transport that knows whether it was closed."""

    is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


async def test_ones_own_http_client_is_used_and_left_open() -> None:
    script = Script(ok(run_json()), ok())
    seen: list[str] = []

    async def note(request: httpx.Request) -> None:
        seen.append(request.url.path)

    transport = Transport(script)
    http_client = httpx.AsyncClient(transport=transport, event_hooks={"request": [note]})
    async with AsyncClient(folder_id="f", auth=SECRET, base_url=BASE_URL, http_client=http_client) as client:
        await client.runs.get(RUN_ID)
    assert seen == [f"/assistants/v1/runs/{RUN_ID}"]
    assert not http_client.is_closed
    assert not transport.is_closed
    await http_client.get("https://elsewhere.test/")
    await http_client.aclose()


async def test_sign_in_is_the_clients_own_and_not_that_of_the_http_client() -> None:
    script = Script(ok(run_json()))
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(script), auth=("someone", "else"))
    await make_async_client(script, http_client=http_client).runs.get(RUN_ID)
    assert script.request.headers["authorization"] == f"Api-Key {SECRET}"


async def test_a_redirect_is_not_followed_even_where_the_http_client_would() -> None:
    script = Script(httpx.Response(307, headers={"location": "https://elsewhere.test/x"}), ok(run_json()))
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(script), follow_redirects=True)
    with pytest.raises(Exception, match="307"):
        await make_async_client(script, http_client=http_client).runs.get(RUN_ID)
    assert len(script.requests) == 1


async def test_the_context_manager_gives_the_client_itself() -> None:
    client = make_async_client(Script())
    async with client as entered:
        assert entered is client


async def test_a_closed_client_refuses_every_call_and_sends_nothing() -> None:
    script = Script(ok(run_json()))
    async with make_async_client(script) as client:
        run = await client.runs.get(RUN_ID)
    calls = [
        lambda: client.runs.get(RUN_ID),
        lambda: client.runs.create("a", "t"),
        lambda: client.runs.get_last_by_thread("t"),
        lambda: run.wait(),
        lambda: run.get_status(),
        lambda: run.submit_tool_results({"name": "f", "content": "1"}),
    ]
    for call in calls:
        with pytest.raises(ClientClosedError, match=r"(run|thread) '.*': the client is closed; make a new one"):
            await call()
    with pytest.raises(ClientClosedError):
        _ = [event async for event in run]
    with pytest.raises(ClientClosedError):
        _ = [run async for run in client.runs.list()]
    assert len(script.requests) == 1


@pytest.mark.parametrize("taken_along", [pickle.dumps, copy.deepcopy])
async def test_a_client_and_what_it_made_are_not_taken_to_another_process(taken_along: Callable[[Any], Any]) -> None:
    client = make_async_client(Script(ok(run_json())))
    for one in (await client.runs.get(RUN_ID), client.runs, client):
        with pytest.raises(TypeError, match="keep the ids, and make a client"):
            taken_along(one)


async def test_a_closed_client_is_not_entered_and_an_open_one_may_be_again() -> None:
    client = make_async_client(Script())
    async with client, client:
        pass
    with pytest.raises(ClientClosedError, match="make a new one"):
        async with client:
            pytest.fail("it was entered")


async def test_closing_twice_is_fine() -> None:
    client = make_async_client(Script())
    await client.aclose()
    await client.aclose()


async def test_a_client_that_is_closed_in_the_middle_of_a_call_says_so() -> None:
    async def close_then_break(request: httpx.Request) -> None:
        await client.aclose()
        raise httpx.ReadError("closed")

    hooks = {"request": [close_then_break]}
    http_client = httpx.AsyncClient(transport=httpx.MockTransport(Script()), event_hooks=hooks)
    client = make_async_client(Script(), http_client=http_client)
    with pytest.raises(ClientClosedError) as caught:
        await client.runs.create("a", "t")
    assert isinstance(caught.value, RuntimeError)
    assert caught.value.maybe_applied


async def test_an_answer_is_let_go_also_when_it_is_refused() -> None:
    body = Body([b'{"code": 5, "message": "no"}'])
    script = Script(httpx.Response(404, stream=body))
    with pytest.raises(Exception, match="no"):
        await make_async_client(script).runs.get(RUN_ID)
    assert body.is_closed


async def test_a_stream_is_let_go_at_its_end() -> None:
    answer = events_answer(partial_event(0, "a"), done_event(1))
    body = answer.stream
    run = await make_async_client(Script(ok(run_json()), answer)).runs.get(RUN_ID)
    _ = [event async for event in run]
    assert body.is_closed  # type: ignore[attr-defined]


async def test_the_repr_says_where_it_leads() -> None:
    client = make_async_client(Script(), folder_id="folder-7")
    assert "folder-7" in repr(client)
    assert BASE_URL in repr(client)
    assert client.folder_id == "folder-7"


async def test_successful_calls_need_no_sleep() -> None:
    clock = AsyncFakeClock()
    script = Script(ok(run_json()), events_answer(done_event(0)))
    run = await make_async_client(script, clock=clock).runs.get(RUN_ID)
    _ = [event async for event in run]
    assert clock.slept == []
