"""The official SDK, over gRPC, and this client, over Envoy, tell the same of the same objects."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from typing import Any

import pytest
from yandex_ai_studio_sdk import AsyncAIStudio
from yandex_ai_studio_sdk._utils.grpc import StreamResponseIteratorMixin
from yandex_ai_studio_sdk.auth import APIKeyAuth

from tests.interop.driving import Gateway, connected
from tests.interop.stacks import Envoy
from tests.interop.styles import ENVOY_STYLES, Style
from tests.interop.test_runs import answers
from yc_runs import FunctionTool, LastMessagesPromptTruncationStrategy

pytestmark = [
    pytest.mark.anyio,
    # The SDK calls its own runs deprecated.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

_SERVICES = ("ai-assistants", "ai-files")
_RUN = (
    *("id", "assistant_id", "thread_id", "created_by", "created_at", "labels", "custom_temperature"),
    *("custom_max_tokens", "custom_max_prompt_tokens", "custom_prompt_truncation_options", "custom_response_format"),
)
_RESULT = ("status", "error", "tool_calls", "is_running", "is_succeeded", "is_failed", "is_finished")
_ANSWER = ("message", "text", "parts")
_STORED = (
    *("id", "name", "description", "created_by", "created_at", "updated_by", "updated_at", "expires_at", "labels"),
    "expiration_config",
)
_ASSISTANT = (*_STORED, "instruction", "prompt_truncation_options", "max_prompt_tokens", "tools", "response_format")
_MESSAGE = ("id", "thread_id", "created_by", "created_at", "labels", "author", "role", "status", "text", "parts")
_SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}}}
_TOOL = FunctionTool(name="f", description="d", parameters=_SCHEMA)


@pytest.fixture(scope="session", params=["asyncio"])
def driver(request: pytest.FixtureRequest) -> str:
    """The SDK knows no other."""
    return str(request.param)


@pytest.fixture(scope="session")
def anyio_backend(driver: str) -> str:
    """The one of this driver. That of the suite may be left over from another module's."""
    return driver


@pytest.fixture(params=[ENVOY_STYLES[0], ENVOY_STYLES[-1]], ids=str)
def style(request: pytest.FixtureRequest) -> Style:
    found: Style = request.param
    return found


@pytest.fixture
async def gateway(envoy: Envoy, style: Style, driver: str) -> AsyncIterator[Gateway]:
    async with connected(envoy.urls[style], driver) as gateway:
        yield gateway


@pytest.fixture
async def sdk(envoy: Envoy, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    # grpcio asks for it as soon as a stream is given up early, and the SDK has left it out.
    monkeypatch.setattr(StreamResponseIteratorMixin, "add_done_callback", lambda self, callback: None)
    address = f"127.0.0.1:{envoy.service.port}"
    sdk = AsyncAIStudio(
        folder_id=gateway.folder_id,
        auth=APIKeyAuth("a-key"),
        endpoint=None,
        service_map=dict.fromkeys(_SERVICES, address),
        verify=False,
    )
    yield sdk
    for channel in sdk._client._channels.values():
        await channel.close()


def plain(value: Any) -> Any:
    """A value of either client as plain data."""
    if isinstance(value, enum.Enum):
        return (value.name, value.value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        # The SDK leaves times as the JSON of protobuf has them.
        value = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value).replace("Z", "+00:00"))
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if not isinstance(value, str) and hasattr(value, "__getitem__"):
        return [plain(each) for each in value]
    if hasattr(getattr(value, "function", None), "parameters"):
        # A tool of ours holds the function that the SDK gives by itself.
        value = value.function
    for names in _SHAPES:
        if all(hasattr(value, name) for name in names):
            return {name: plain(getattr(value, name)) for name in names}
    if dataclasses.is_dataclass(value) or hasattr(value, "model_fields"):
        assert type(value).__name__ == "AutoPromptTruncationStrategy", value
        return "auto"
    return value


# What values are made of, in both clients; the more telling come first.
_SHAPES: tuple[tuple[str, ...], ...] = (
    _MESSAGE,
    ("max_prompt_tokens", "strategy"),
    ("num_messages",),
    ("ttl_days", "expiration_policy"),
    ("input_text_tokens", "completion_tokens", "total_tokens"),
    ("name", "description", "parameters"),
    ("name", "arguments"),
    ("function",),
    ("id", "role"),
    ("parts", "text"),
)


def same(ours: Any, theirs: Any, names: tuple[str, ...]) -> bool:
    """Whether both are alike in these; if not, says in what."""
    found = {name: (plain(getattr(ours, name)), plain(getattr(theirs, name))) for name in names}
    assert {name: pair for name, pair in found.items() if pair[0] != pair[1]} == {}
    return True


async def test_runs_are_the_same(gateway: Gateway, sdk: Any) -> None:
    client = gateway.client
    assistant, thread = await client.assistants.create("echo"), await client.threads.create("one two")
    options: list[dict[str, Any]] = [
        {},
        {
            "labels": {"k": "v"},
            "custom_temperature": 0,
            "custom_max_tokens": 5,
            "custom_max_prompt_tokens": 7000,
            "custom_prompt_truncation_strategy": LastMessagesPromptTruncationStrategy(num_messages=3),
            "custom_response_format": {"json_schema": _SCHEMA},
        },
        {"custom_prompt_truncation_strategy": "auto", "custom_response_format": "json"},
    ]
    for each in options:
        ours = await client.runs.create(assistant, thread, **each)
        theirs = await sdk.runs.get(ours.id)
        assert same(ours, theirs, _RUN)
        assert same(await ours.wait(), await theirs.wait(), (*_RESULT, *_ANSWER, "usage"))
        assert (await ours.get_status()) == int(await theirs.get_status())
    assert same(await client.runs.get_last_by_thread(thread), await sdk.runs.get_last_by_thread(thread.id), _RUN)
    listed = [run async for run in client.runs.list(page_size=2)], [run async for run in sdk.runs.list(page_size=2)]
    assert len(listed[0]) == len(listed[1]) == 3
    assert all(same(ours, theirs, _RUN) for ours, theirs in zip(*listed, strict=True))


@pytest.mark.parametrize("script", ["echo", "slow", "cut", "cited", "failing", "nameless"])
@pytest.mark.parametrize("stream", [True, False])
async def test_events_and_results_are_the_same(gateway: Gateway, sdk: Any, script: str, stream: bool) -> None:
    client = gateway.client
    assistant, thread = await client.assistants.create(script), await client.threads.create("one two")
    run = await client.runs.create(assistant, thread, stream=stream)
    ours = [event async for event in run.listen()]
    theirs = [event async for event in (await sdk.runs.get(run.id)).listen()]
    assert len(ours) == len(theirs) > 0
    for one, other in zip(ours, theirs, strict=True):
        assert same(one, other, _RESULT if one.is_failed else (*_RESULT, *_ANSWER))
    results = await run.wait(), await (await sdk.runs.get(run.id)).wait()
    assert same(*results, _RESULT if results[0].is_failed else (*_RESULT, *_ANSWER, "usage"))
    for start in range(1, len(ours)):
        resumed = [event async for event in (await sdk.runs.get(run.id)).listen(events_start_idx=start)]
        assert [event.text for event in ours[start:] if not event.is_failed] == [
            event.text for event in resumed if not event.is_failed
        ]


async def test_citations_are_the_same(gateway: Gateway, sdk: Any) -> None:
    client = gateway.client
    run = await client.runs.create(await client.assistants.create("cited"), await client.threads.create("one"))
    ours, theirs = await run.wait(), await (await sdk.runs.get(run.id)).wait()
    ((one,),) = [each.sources for each in ours.citations]
    ((other,),) = [each.sources for each in theirs.citations]
    assert (one.type, one.chunk.parts, one.chunk.text) == (other.type, other.parts, other.text)
    assert (one.chunk.file.id, one.chunk.file.mime_type) == (other.file.id, other.file.mime_type)
    assert one.chunk.search_index.id == other.search_index.id


async def test_either_client_answers_the_calls_that_the_other_sees(gateway: Gateway, sdk: Any) -> None:
    client = gateway.client
    assistant, thread = await client.assistants.create("rounds", tools=_TOOL), await client.threads.create("one")
    run = await client.runs.create(assistant, thread, stream=True)
    twin = await sdk.runs.get(run.id)
    names = (*_RESULT, *_ANSWER, "usage")
    first = await run.wait()
    assert same(first, await twin.wait(), names)
    await twin.submit_tool_results(answers(first))
    # This object has not answered anything: it must see the second round all the same.
    second = await run.wait()
    assert same(second, await twin.wait(), names)
    assert [call.function.name for call in second.tool_calls] == ["time", "weather"]
    await run.submit_tool_results(answers(second))
    assert same(await run.wait(), await twin.wait(), names)
    ours, theirs = [event async for event in run], [event async for event in twin]
    assert len(ours) == len(theirs) == 5
    assert all(same(one, other, (*_RESULT, *_ANSWER)) for one, other in zip(ours, theirs, strict=True))


async def test_threads_and_messages_are_the_same(gateway: Gateway, sdk: Any) -> None:
    theirs = await sdk.threads.create(name="n", labels={"k": "v"}, ttl_days=3, expiration_policy="static")
    for message in ("one", {"role": "assistant", "text": "two"}):
        await theirs.write(message)
    ours = await gateway.client.threads.get(theirs.id)
    assert same(ours, theirs, _STORED)
    await theirs.write("three", labels={"a": "b"})
    await ours.write({"role": "assistant", "text": "four"})
    await theirs.update(description="d", ttl_days=4)
    assert same(await gateway.client.threads.get(ours.id), theirs, _STORED)
    await ours.update(name="m")
    assert same(ours, await sdk.threads.get(ours.id), _STORED)
    read = [message async for message in ours.read()], [message async for message in theirs.read()]
    assert [message.text for message in read[0]] == ["four", "three", "two", "one"]
    assert all(same(one, other, _MESSAGE) for one, other in zip(*read, strict=True))
    await theirs.delete()
    assert [thread async for thread in gateway.client.threads.list()] == []


async def test_assistants_are_the_same(gateway: Gateway, sdk: Any) -> None:
    function = sdk.tools.function(_SCHEMA, name="f", description="d")
    theirs = await sdk.assistants.create(
        "echo",
        temperature=0.5,
        max_tokens=50,
        max_prompt_tokens=700,
        name="n",
        labels={"k": "v"},
        ttl_days=3,
        expiration_policy="since_last_active",
        instruction="be brief",
        tools=[function],
        response_format={"json_schema": _SCHEMA},
    )
    ours = await gateway.client.assistants.get(theirs.id)
    assert same(ours, theirs, _ASSISTANT)
    assert ours.model.uri == theirs.model.uri
    assert (ours.model.config.temperature, ours.model.config.max_tokens) == (0.5, 50)
    await ours.update(instruction="be long", max_prompt_tokens=800, tools=None)
    assert same(ours, await sdk.assistants.get(ours.id), _ASSISTANT)
    await theirs.update(name="m", ttl_days=5)
    assert same(await gateway.client.assistants.get(ours.id), theirs, _ASSISTANT)
    versions = [each async for each in ours.list_versions()], [each async for each in theirs.list_versions()]
    assert len(versions[0]) == len(versions[1]) == 3
    for one, other in zip(*versions, strict=True):
        assert (one.id, one.update_mask) == (other.id, tuple(other.update_mask))
        assert same(one.assistant, other.assistant, _ASSISTANT)
    thread = await gateway.client.threads.create("hi there")
    run = await theirs.run_stream(thread.id)
    twin = await gateway.client.runs.get(run.id)
    assert [event.text async for event in twin] == [event.text async for event in run]
