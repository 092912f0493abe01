"""The official client of the Responses API, synchronous and asynchronous, against ``LocalGateway``."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from tests.interop.driving import new_folder_id
from tests.support.patience import HANGING
from yc_runs.testing import Final, FunctionCall, LocalGateway, ToolCalls

pytestmark = pytest.mark.anyio
TOOL: Any = {
    "type": "function",
    "name": "weather",
    "description": "d",
    "parameters": {"type": "object"},
    "strict": False,
}


class City(BaseModel):
    """What a structured answer is read as."""

    name: str
    people: int


def weather(messages: Any, tools: Any) -> Generator[Any, Any, None]:
    yield "Let me see"
    results = yield ToolCalls(FunctionCall(tool.name, {"city": "Омск"}) for tool in (*tools, *tools))
    yield "It is"
    yield Final("It is " + " and ".join(result.content for result in results))


@pytest.fixture(scope="module")
def gateway() -> LocalGateway:
    chunk = {"sourceFile": {"id": "f", "name": "a.txt"}}
    return LocalGateway(
        scripts={
            "weather": weather,
            "cut": lambda messages, tools: Final("half", status="TRUNCATED"),
            "cited": lambda messages, tools: Final("x", citations=[{"sources": [{"chunk": chunk}]}]),
        }
    )


@pytest.fixture(scope="module")
def served(gateway: LocalGateway) -> Iterator[str]:
    with gateway.serve() as url:
        yield url


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["sync", "async"])
async def client(request: pytest.FixtureRequest, served: str) -> AsyncIterator[Any]:
    options: dict[str, Any] = {
        "api_key": "a-key",
        "base_url": f"{served}/v1",
        "project": new_folder_id(),
        "max_retries": 0,
        "timeout": HANGING,
    }
    if request.param == "sync":
        with OpenAI(**options) as sync_client:
            yield sync_client
    else:
        async with AsyncOpenAI(**options) as async_client:
            yield async_client


async def got(answer: Any) -> Any:
    """What either client answers."""
    return await answer if inspect.isawaitable(answer) else answer


async def every(values: Any) -> list[Any]:
    """All values of either client's stream or page."""
    values = await got(values)
    return [value async for value in values] if hasattr(values, "__aiter__") else list(values)


def outputs(response: Any) -> list[Any]:
    calls = [item for item in response.output if item.type == "function_call"]
    return [
        {"type": "function_call_output", "call_id": call.call_id, "output": f"{place}: {call.arguments}"}
        for place, call in enumerate(calls)
    ]


async def test_a_response_is_made_and_found(client: Any) -> None:
    response = await got(client.responses.create(model="echo", input="hello you", instructions="be kind"))
    assert (response.status, response.output_text, response.instructions) == ("completed", "hello you", "be kind")
    assert (response.usage.input_tokens, response.usage.total_tokens) == (2, 4)
    found = await got(client.responses.retrieve(response.id))
    assert found.to_dict() == response.to_dict()
    items = await every(client.responses.input_items.list(response.id))
    assert [item.content[0].text for item in items] == ["hello you"]
    await got(client.responses.delete(response.id))
    with pytest.raises(openai.NotFoundError):
        await got(client.responses.retrieve(response.id))


async def test_the_project_is_sent(client: Any, gateway: LocalGateway) -> None:
    await got(client.responses.create(model="echo", input="x"))
    headers = gateway.requests[-1].headers
    assert (headers["openai-project"], headers["authorization"]) == (client.project, "Bearer a-key")


async def test_a_response_in_the_background_is_polled_and_cancelled(client: Any, gateway: LocalGateway) -> None:
    gateway.polls = 2
    response = await got(client.responses.create(model="echo", input="x", background=True))
    statuses = [response.status]
    while statuses[-1] in ("queued", "in_progress"):
        statuses.append((await got(client.responses.retrieve(response.id))).status)
    gateway.polls = 0
    assert statuses == ["queued", "queued", "in_progress", "completed"]
    gateway.pace = 3600.0
    running = await got(client.responses.create(model="echo", input="x", background=True))
    cancelled = await got(client.responses.cancel(running.id))
    gateway.pace = 0.0
    assert (running.status, cancelled.status) == ("queued", "cancelled")


async def test_events_are_known_and_tell_the_text(client: Any) -> None:
    events = await every(client.responses.create(model="echo", input="one two", stream=True))
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "one two"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert not [event.type for event in events if event.model_extra]
    assert events[-1].response.output_text == "one two"


async def test_the_clients_own_stream_helper_reads_calls_and_text(client: Any) -> None:
    helper = client.responses.stream(model="weather", input="?", tools=[TOOL])
    if isinstance(client, OpenAI):
        with helper as stream:
            events, final = list(stream), stream.get_final_response()
    else:
        async with helper as stream:
            events, final = [event async for event in stream], await stream.get_final_response()
    assert [item.type for item in final.output] == ["message", "function_call", "function_call"]
    snapshots = [event.snapshot for event in events if event.type == "response.function_call_arguments.delta"]
    assert snapshots == ['{"city": "Омск"}'] * 2


async def test_a_broken_off_stream_is_taken_up(client: Any) -> None:
    events = await every(
        client.responses.create(model="weather", input="?", tools=[TOOL], stream=True, background=True)
    )
    key = events[0].response.id
    rest = await every(client.responses.retrieve(key, stream=True, starting_after=4))
    assert [event.to_dict() for event in rest] == [event.to_dict() for event in events[5:]]


async def test_tools_are_called_and_answered(client: Any) -> None:
    first = await got(client.responses.create(model="weather", input="?", tools=[TOOL]))
    assert [item.type for item in first.output] == ["message", "function_call", "function_call"]
    second = await got(
        client.responses.create(model="weather", previous_response_id=first.id, input=outputs(first), tools=[TOOL])
    )
    assert second.output_text == 'It is 0: {"city": "Омск"} and 1: {"city": "Омск"}'
    with pytest.raises(openai.BadRequestError, match="No tool output found"):
        await got(client.responses.create(model="weather", previous_response_id=first.id, input="x"))


async def test_a_turn_is_told_whole_with_the_clients_own_items(client: Any) -> None:
    said: list[Any] = [{"role": "user", "content": "?"}]
    first = await got(client.responses.create(model="weather", input=said, tools=[TOOL], store=False))
    said += [*first.output, *outputs(first)]
    second = await got(client.responses.create(model="weather", input=said, tools=[TOOL], store=False))
    assert second.output_text.startswith("It is 0:")


async def test_a_structured_answer_is_parsed(client: Any) -> None:
    response = await got(client.responses.parse(model="structured", input="?", text_format=City))
    assert response.output_parsed == City(name="text", people=1)


async def test_an_incomplete_and_a_failed_response(client: Any) -> None:
    cut = await got(client.responses.create(model="cut", input="?"))
    assert (cut.status, cut.incomplete_details.reason, cut.output_text) == ("incomplete", "max_output_tokens", "half")
    failed = await got(client.responses.create(model="failing", input="?"))
    assert (failed.status, failed.error.code) == ("failed", "server_error")
    cited = await got(client.responses.create(model="cited", input="?"))
    assert cited.output[0].content[0].annotations[0].filename == "a.txt"


async def test_a_conversation_holds_what_was_said(client: Any, gateway: LocalGateway) -> None:
    conversation = await got(client.conversations.create(items=[{"role": "user", "content": "one"}]))
    assert (await got(client.conversations.retrieve(conversation.id))).created_at == conversation.created_at
    added = await got(client.conversations.items.create(conversation.id, items=[{"role": "user", "content": "two"}]))
    assert added.data[0].content[0].text == "two"
    response = await got(client.responses.create(model="echo", conversation=conversation.id, input="three"))
    assert (response.conversation.id, response.output_text) == (conversation.id, "three")
    items = await every(client.conversations.items.list(conversation.id, limit=3, order="asc"))
    assert [item.content[0].text for item in items] == ["one", "two", "three", "three"]
    assert [message.text for message in gateway.messages(conversation.id)] == ["one", "two", "three", "three"]
    with pytest.raises(openai.InternalServerError) as caught:
        await got(client.conversations.delete(conversation.id))
    assert caught.value.status_code == 501


async def test_errors_are_the_clients_own(client: Any, gateway: LocalGateway) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await got(client.responses.create(model="echo", input=" "))
    assert (caught.value.param, caught.value.type) == ("input[0].content[0].text", "invalid_request_error")
    with pytest.raises(openai.NotFoundError):
        await got(client.responses.create(model="echo", input="x", previous_response_id="nosuch"))
    for status, kind in ((401, openai.AuthenticationError), (429, openai.RateLimitError)):
        gateway.faults.answer(status)
        with pytest.raises(kind):
            await got(client.responses.create(model="echo", input="x"))


async def test_a_late_error_ends_a_stream(client: Any, gateway: LocalGateway) -> None:
    gateway.faults.cut_stream(after_events=3, how="late_error", path="*/v1/responses")
    with pytest.raises(openai.APIError, match="the backend was lost"):
        await every(client.responses.create(model="echo", input="one two", stream=True))


async def test_quirks_of_the_wire_are_read_all_the_same(client: Any, gateway: LocalGateway) -> None:
    gateway.quirks = {"data-before-event", "comments", "done-marker", "null-usage", "output-text"}
    events = await every(client.responses.create(model="echo", input="one two", stream=True))
    gateway.quirks = ()
    assert events[-1].response.output_text == "one two"
    assert events[-1].response.usage is None
