"""The main job over real HTTP on a loopback socket, with the client's own connections and clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing

import pytest

from tests.support.answers import LEFT_UNREAD
from tests.support.clients import FOLDER_ID, SECRET
from yc_runs import AsyncClient, ConnectionFailedError, FunctionTool, NotFoundError, RequestTimeoutError, RetryPolicy
from yc_runs.testing import Framing, LocalGateway, Pause

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def gateway() -> LocalGateway:
    return LocalGateway(api_key=SECRET)


@pytest.fixture(scope="module")
def url(gateway: LocalGateway) -> Iterator[str]:
    with gateway.serve() as url:
        yield url


@pytest.mark.parametrize("framing", ["sse", "result-lines", "lines", "array"])
async def test_the_main_job(gateway: LocalGateway, url: str, framing: Framing) -> None:
    gateway.framing = framing
    async with AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=url) as client:
        tool = FunctionTool(name="f", parameters={"type": "object"})
        run = await client.runs.create("tool-caller", gateway.add_thread("hi"), stream=True, tools=tool)
        texts = []
        async for event in run:
            if event.tool_calls:
                await run.submit_tool_results({"name": "f", "content": "é\u2028"})
            texts.append(event.text)
        assert texts == [None, "f: é\u2028", "f: é\u2028"]
        assert (await run.wait()).text == "f: é\u2028"
        assert await client.runs.get(run.id) == run
        assert run.id in [run.id async for run in client.runs.list(page_size=100)]


async def test_an_error_comes_with_the_ids_of_the_gateway(url: str) -> None:
    async with AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=url) as client:
        with pytest.raises(NotFoundError) as caught:
            await client.runs.get("a/b?c#d")
        assert caught.value.request_id
        assert caught.value.trace_id


@LEFT_UNREAD
async def test_a_listen_that_is_left_leaves_the_client_fit_for_more(gateway: LocalGateway, url: str) -> None:
    async with AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=url) as client:
        for _ in range(3):
            run = await client.runs.create("echo", gateway.add_thread("a b c"), stream=True)
            async with aclosing(run.listen()) as events:
                assert (await anext(events)).index == 0
        assert (await run.wait()).text == "a b c"


async def test_nobody_there_is_a_failed_connection_that_names_host_and_port() -> None:
    gateway = LocalGateway()
    with gateway.serve() as url:
        pass
    once = RetryPolicy(attempts=1)
    async with AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=url, retry=once) as client:
        with pytest.raises(ConnectionFailedError, match=rf"at {url.removeprefix('http://')}\)"):
            await client.runs.create("a", "t")


async def test_timeout_ends_a_listen_to_a_run_that_is_silent(gateway: LocalGateway, url: str) -> None:
    assistant = gateway.add_assistant(lambda messages, tools: [Pause(60), "late"])
    async with AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=url) as client:
        run = await client.runs.create(assistant, gateway.add_thread("hi"), stream=True)
        with pytest.raises(RequestTimeoutError):
            _ = [event async for event in run.listen(timeout=0.05)]


async def test_neither_our_log_nor_that_of_httpx_shows_the_key(
    gateway: LocalGateway, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with AsyncClient(folder_id=FOLDER_ID, auth=SECRET, base_url=url) as client:
        run = await client.runs.create("echo", gateway.add_thread("hi"), additional_messages="not for the log")
        await run.wait()
    assert caplog.records
    assert SECRET not in caplog.text
    assert "not for the log" not in caplog.text
