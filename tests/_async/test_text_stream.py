"""Text piece by piece, and deltas of events, against a gateway in this process."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.support.clients import async_gateway_client
from yc_runs import RunFailedError
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, ToolCalls

pytestmark = pytest.mark.anyio


async def start(client: Any, gateway: LocalGateway, script: Any, **fields: Any) -> Any:
    assistant = gateway.add_assistant(script)
    return await client.runs.create(assistant, gateway.add_thread("hello"), **{"stream": True, **fields})


async def collect(stream: AsyncGenerator[str, None], pieces: list[str]) -> None:
    async for piece in stream:
        pieces.append(piece)  # noqa: PERF401


async def test_the_pieces_joined_are_the_text() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two  three"), stream=True)
        pieces = [piece async for piece in run.text_stream()]
    assert pieces == ["one", " two", "  three"]


async def test_a_run_that_does_not_stream_gives_its_text_in_one_piece() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two"))
        assert [piece async for piece in run.text_stream()] == ["one two"]


async def test_a_rewrite_comes_as_the_whole_new_text() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, lambda m, t: ["I think", "No idea", Final("No idea.")])
        assert [piece async for piece in run.text_stream()] == ["I think", "No idea", "."]
        assert [event.is_rewrite async for event in run.listen()] == [False, True, False]


async def test_a_run_that_fails_raises_after_its_text() -> None:
    gateway = LocalGateway()
    pieces: list[str] = []
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, lambda m, t: ["I was", Fail("no luck", code=8)])
        with pytest.raises(RunFailedError, match="no luck") as caught:
            await collect(run.text_stream(), pieces)
    assert pieces == ["I was"]
    assert (caught.value.run_id, caught.value.code, caught.value.message) == (run.id, 8, "no luck")


async def test_it_goes_on_after_tool_calls_once_they_are_answered() -> None:
    def script(messages: Any, tools: Any) -> Any:
        yield "Let me see"
        (result,) = yield ToolCalls([FunctionCall("f")])
        yield Final(f"It is {result.content}")

    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await start(client, gateway, script)
        pieces = run.text_stream()
        assert await anext(pieces) == "Let me see"
        await run.submit_tool_results({"name": "f", "content": "5"})
        assert [piece async for piece in pieces] == ["It is 5"]


async def test_a_stream_that_begins_in_the_middle_begins_with_the_whole_text() -> None:
    gateway = LocalGateway()
    async with async_gateway_client(gateway) as client:
        run = await client.runs.create("echo", gateway.add_thread("one two three"), stream=True)
        assert [piece async for piece in run.text_stream(events_start_idx=1)] == ["one two", " three"]
