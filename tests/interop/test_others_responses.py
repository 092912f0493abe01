"""The second dialect against a server that others wrote: ``responses_server`` on ``azure-ai-agentserver-responses``.

It creates responses (background, stream, both, neither), finds and cancels them, takes their streams up with
``starting_after``, and goes on from a response or in a conversation. What it does not do is not tried here: it has no
calls for conversations and their items (a conversation is any id, and begins with its first response), no agents
(``prompt`` is passed over), and it checks neither what outputs answer, nor the sign-in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.interop.driving import Gateway, connected
from tests.interop.stacks import responses_server
from yc_runs import FunctionTool, NotFoundError, RunStatus, StreamEvent

pytestmark = pytest.mark.anyio
PARTIAL, DONE, CALLS, ERROR = (
    StreamEvent.PARTIAL_MESSAGE,
    StreamEvent.DONE,
    StreamEvent.TOOL_CALLS,
    StreamEvent.ERROR,
)
TOOLS = [FunctionTool(name=name, description="d", parameters={"type": "object"}) for name in ("f", "g")]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with responses_server(tmp_path_factory.mktemp("responses")) as url:
        yield url


@pytest.fixture
async def gateway(url: str, driver: str) -> AsyncIterator[Gateway]:
    async with connected(url, driver, dialect="responses") as gateway:
        yield gateway


async def start(gateway: Gateway, model: str, text: str = "one two three", **options: Any) -> Any:
    client = gateway.client
    assistant, thread = await client.assistants.create(model), await client.threads.create(text, tools=TOOLS)
    return await client.runs.create(assistant.id, thread.id, **options)


async def heard(events: Any) -> list[tuple[StreamEvent, str | None]]:
    return [(event.status, None if event.is_failed else event.text) async for event in events]


TOLD = [(PARTIAL, "one"), (PARTIAL, "one two"), (PARTIAL, "one two three"), (DONE, "one two three")]


async def test_a_run_is_heard_as_it_is_created_and_again(gateway: Gateway) -> None:
    run = await start(gateway, "echo", stream=True)
    events = [event async for event in run.listen()]
    assert [(event.status, event.text) for event in events] == TOLD
    assert [event async for event in run.listen()] == events
    assert [event async for event in run.listen(events_start_idx=events[1].index)] == events[1:]


async def test_a_run_of_another_client_is_heard(gateway: Gateway, driver: str) -> None:
    run = await start(gateway, "echo", stream=True)
    async with connected(gateway.url, driver, dialect="responses") as other:
        assert await heard((await other.client.runs.get(run.id)).listen()) == TOLD


async def test_a_run_without_a_stream_has_one_event_and_a_result(gateway: Gateway) -> None:
    run = await start(gateway, "echo")
    assert await heard(run.listen()) == TOLD[-1:]
    result = await run.wait()
    assert (result.status, result.text, result.usage.total_tokens) == (RunStatus.COMPLETED, "one two three", 4)
    assert await (await gateway.client.runs.get(run.id)).get_result() == result


async def test_a_run_that_is_cut_short_says_so(gateway: Gateway) -> None:
    run = await start(gateway, "cut", "one two", stream=True)
    result = await run.wait(via="listen", poll_interval=0.05)
    assert (result.status, result.text, result.is_truncated) == (RunStatus.COMPLETED, "one two", True)


@pytest.mark.parametrize("via", ["listen", "wait"])
async def test_functions_answer_the_calls(gateway: Gateway, via: str) -> None:
    def f(n: int) -> str:
        return f"f{n}"

    def g(n: int) -> str:
        return f"g{n}"

    run = await start(gateway, "caller", stream=via == "listen")
    result = await run.run_tools([f, g], via=via)
    assert (result.text, result.usage.total_tokens) == ("f0 g1 f2 g3", 6)
    assert len(run.response_ids) == 2
    assert [event.status async for event in run.listen() if event.status != PARTIAL] == [CALLS, DONE]


async def test_a_failure_is_told(gateway: Gateway) -> None:
    run = await start(gateway, "failing", stream=True)
    assert await heard(run.listen()) == [(ERROR, None)]
    result = await run.wait()
    assert (result.status, result.error) == (RunStatus.FAILED, "no luck")


@pytest.mark.parametrize("stream", [True, False])
async def test_a_run_is_cancelled(gateway: Gateway, stream: bool) -> None:
    run = await start(gateway, "endless", stream=stream)
    await run.cancel()
    assert (await run.wait()).status == RunStatus.CANCELLED
    assert (await heard(run.listen()))[-1] == (ERROR, None)


async def test_a_run_that_has_ended_stays_as_it_is(gateway: Gateway) -> None:
    run = await start(gateway, "echo")
    await run.wait()
    await run.cancel()
    assert (await run.wait()).text == "one two three"


async def test_the_next_run_on_a_thread_goes_on_from_the_last(gateway: Gateway) -> None:
    first = await start(gateway, "history", "one")
    await first.wait()
    second = await gateway.client.runs.create(first.assistant_id, first.thread_id, additional_messages="two")
    assert (await second.wait()).text == "one one two"
    messages = [message.text async for message in gateway.client.messages.list(first.thread_id)]
    assert messages == ["one one two", "two", "one", "one"]


async def test_the_next_run_in_a_conversation_knows_what_was_said(gateway: Gateway) -> None:
    assistant = await gateway.client.assistants.create("history")
    texts = []
    for text in ("one", "two"):
        run = await gateway.client.runs.create(assistant, gateway.folder_id, additional_messages=text, stream=True)
        texts.append((await run.wait(via="listen")).text)
    assert texts == ["one", "one one two"]


async def test_what_does_not_exist_is_not_found(gateway: Gateway) -> None:
    run = await start(gateway, "echo")
    with pytest.raises(NotFoundError, match="not found"):
        await gateway.client.runs.get(run.id[:-1] + ("b" if run.id[-1] == "a" else "a"))
