"""Threads, messages and assistants through the public API: the same tests on every stack, in every style."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.driving import Gateway
from yc_runs import ExpirationPolicy, FunctionTool, LastMessagesPromptTruncationStrategy, NotFoundError

pytestmark = pytest.mark.anyio

_TOOL = FunctionTool(name="f", description="d", parameters={"type": "object"})
_FIELDS: dict[str, Any] = {
    "name": "имя",
    "description": "what it is",
    "labels": {"k": "v"},
    "ttl_days": 3,
    "expiration_policy": "static",
}


def check_fields(thing: Any) -> None:
    assert (thing.name, thing.description, thing.labels) == ("имя", "what it is", {"k": "v"})
    config = thing.expiration_config
    assert (config.ttl_days, config.expiration_policy) == (3, ExpirationPolicy.STATIC)
    assert (thing.expires_at - thing.created_at).days == 3


async def test_a_thread_from_its_creation_to_its_end(gateway: Gateway) -> None:
    threads = gateway.client.threads
    created = await threads.create(["one", {"role": "assistant", "text": "two"}], tools=_TOOL, **_FIELDS)
    thread = await threads.get(created.id)
    assert thread == created
    assert (thread.folder_id, [tool.name for tool in thread.tools]) == (gateway.folder_id, ["f"])
    assert thread.default_message_author_id
    check_fields(thread)
    await thread.update(name="another", labels=None, ttl_days=5)
    assert (thread.name, thread.description, thread.labels) == ("another", "what it is", None)
    assert (thread.expiration_config.ttl_days, thread.expiration_config.expiration_policy) == (
        5,
        ExpirationPolicy.STATIC,
    )
    assert await threads.get(thread.id) == thread
    await thread.update(name=None, tools=None)
    assert (thread.name, thread.tools) == (None, ())
    await thread.delete()
    with pytest.raises(NotFoundError):
        await threads.get(created.id)


async def test_threads_are_listed_over_pages(gateway: Gateway) -> None:
    created = [await gateway.client.threads.create() for _ in range(5)]
    listed = [thread async for thread in gateway.client.threads.list(page_size=2)]
    assert [thread.id for thread in listed] == [thread.id for thread in reversed(created)]


async def test_messages_are_read_the_newest_first(gateway: Gateway) -> None:
    thread = await gateway.client.threads.create("one")
    await thread.write({"role": "assistant", "text": "two\u2028\n"})
    last = await thread.write("three", labels={"k": "v"})
    found = [message async for message in thread.read()]
    assert [(message.role, message.text) for message in found] == [
        ("USER", "three"),
        ("ASSISTANT", "two\u2028\n"),
        ("USER", "one"),
    ]
    assert found[0] == last
    assert (last.labels, last.thread_id) == ({"k": "v"}, thread.id)
    assert await gateway.client.messages.get(thread.id, last.id) == last


async def test_a_thread_without_messages(gateway: Gateway) -> None:
    thread = await gateway.client.threads.create()
    assert [message async for message in thread.read()] == []


async def test_an_answer_comes_onto_the_thread(gateway: Gateway) -> None:
    client = gateway.client
    thread = await client.threads.create("hi there")
    result = await (await client.runs.create(await _id(client), thread.id)).wait()
    found = [message async for message in thread.read()]
    assert [message.text for message in found] == ["hi there", "hi there"]
    assert found[0] == result.message


async def _id(client: Any) -> str:
    return str((await client.assistants.create("echo")).id)


async def test_an_assistant_from_its_creation_to_its_end(gateway: Gateway) -> None:
    assistants = gateway.client.assistants
    created = await assistants.create(
        "echo",
        temperature=0,
        max_tokens=50,
        max_prompt_tokens=700,
        prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=3),
        instruction="be brief",
        tools=_TOOL,
        response_format={"json_schema": {"type": "object"}},
        **_FIELDS,
    )
    assistant = await assistants.get(created.id)
    assert assistant == created
    check_fields(assistant)
    assert assistant.model.uri == f"gpt://{gateway.folder_id}/echo/latest"
    assert (assistant.model.config.temperature, assistant.model.config.max_tokens) == (0.0, 50)
    assert (assistant.max_prompt_tokens, assistant.instruction) == (700, "be brief")
    assert assistant.prompt_truncation_options.strategy == LastMessagesPromptTruncationStrategy(num_messages=3)
    assert assistant.response_format == {"json_schema": {"type": "object"}}
    await assistant.update(temperature=None, instruction=None, max_prompt_tokens=800, prompt_truncation_strategy="auto")
    assert (assistant.model.config.temperature, assistant.model.config.max_tokens) == (None, 50)
    assert (assistant.instruction, assistant.max_prompt_tokens, assistant.name) == (None, 800, "имя")
    assert type(assistant.prompt_truncation_options.strategy).__name__ == "AutoPromptTruncationStrategy"
    assert await assistants.get(assistant.id) == assistant
    await assistant.delete()
    with pytest.raises(NotFoundError):
        await assistants.get(created.id)


async def test_an_assistants_versions_are_listed_over_pages(gateway: Gateway) -> None:
    assistant = await gateway.client.assistants.create("echo", name="1")
    for number in (2, 3):
        await assistant.update(name=str(number), ttl_days=number)
    versions = [version async for version in assistant.list_versions(page_size=2)]
    assert [version.assistant.name for version in versions] == ["3", "2", "1"]
    assert [version.update_mask for version in versions] == [("name", "expiration_config.ttl_days")] * 2 + [()]


async def test_assistants_are_listed_over_pages(gateway: Gateway) -> None:
    created = [await gateway.client.assistants.create("echo") for _ in range(3)]
    listed = [assistant async for assistant in gateway.client.assistants.list(page_size=2)]
    assert [assistant.id for assistant in listed] == [assistant.id for assistant in reversed(created)]


async def test_an_assistant_runs(gateway: Gateway) -> None:
    client = gateway.client
    assistant, thread = await client.assistants.create("echo"), await client.threads.create("hi there")
    result = await (await assistant.run(thread)).wait()
    assert result.text == "hi there"
    run = await assistant.run_stream(thread, additional_messages="you")
    assert [event.text async for event in run.listen()] == ["you", "you"]
