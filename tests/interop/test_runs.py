"""Runs through the public API, on the service behind Envoy and on ``LocalGateway``: the same tests, in every style."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests.interop.driving import Gateway
from yc_runs import (
    FunctionTool,
    LastMessagesPromptTruncationStrategy,
    MessageStatus,
    PromptTruncationOptions,
    RunFailedError,
    RunStatus,
    StreamEvent,
)

pytestmark = pytest.mark.anyio

PARTIAL, DONE, CALLS, ERROR = (
    StreamEvent.PARTIAL_MESSAGE,
    StreamEvent.DONE,
    StreamEvent.TOOL_CALLS,
    StreamEvent.ERROR,
)
_SCHEMA = {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"enum": [None, 1, "a"]}}}
_TOOL = FunctionTool(name="weather", description="of a city", parameters=_SCHEMA)


async def start(gateway: Gateway, script: str, text: str = "one two three", **options: Any) -> Any:
    client = gateway.client
    assistant, thread = await client.assistants.create(script), await client.threads.create(text)
    return await client.runs.create(assistant.id, thread.id, **options)


async def heard(events: Any) -> list[tuple[Any, ...]]:
    return [(event.index, event.status, event.text) async for event in events]


def answers(event: Any) -> list[dict[str, str]]:
    return [{"name": call.function.name, "content": f"{call.function.name} is fine"} for call in event.tool_calls]


async def test_a_run_is_what_it_was_created_as(gateway: Gateway) -> None:
    before = datetime.now(timezone.utc)
    created = await start(
        gateway,
        "echo",
        labels={"k": "v", "ключ": "знач\u2028ение"},
        additional_messages=["and", {"role": "assistant", "text": "so"}, "on"],
        custom_temperature=0,
        custom_max_tokens=500,
        custom_max_prompt_tokens=7000,
        custom_prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=3),
        custom_response_format={"json_schema": _SCHEMA},
        tools=_TOOL,
    )
    run = await gateway.client.runs.get(created.id)
    assert run == created
    assert run.labels == {"k": "v", "ключ": "знач\u2028ение"}
    assert (run.custom_temperature, run.custom_max_tokens, run.custom_max_prompt_tokens) == (0.0, 500, 7000)
    strategy = LastMessagesPromptTruncationStrategy(num_messages=3)
    assert run.custom_prompt_truncation_options == PromptTruncationOptions(max_prompt_tokens=7000, strategy=strategy)
    assert run.custom_response_format == {"json_schema": _SCHEMA}
    (tool,) = run.tools
    assert (tool.name, tool.description, tool.parameters) == ("weather", "of a city", _SCHEMA)
    assert run.created_by
    assert abs((run.created_at - before).total_seconds()) < 60
    texts = [(message.role, message.text) async for message in gateway.client.messages.list(run.thread_id)]
    assert texts[-4:] == [("USER", "on"), ("ASSISTANT", "so"), ("USER", "and"), ("USER", "one two three")]


async def test_a_run_without_options_has_none(gateway: Gateway) -> None:
    run = await gateway.client.runs.get((await start(gateway, "echo")).id)
    assert (run.labels, run.tools, run.custom_response_format, run.custom_prompt_truncation_options) == (
        None,
        (),
        None,
        None,
    )
    assert (run.custom_temperature, run.custom_max_tokens, run.custom_max_prompt_tokens) == (None, None, None)


async def test_the_other_options_of_each_pair(gateway: Gateway) -> None:
    options = {"custom_prompt_truncation_strategy": "auto", "custom_response_format": "json"}
    run = await gateway.client.runs.get((await start(gateway, "echo", **options)).id)
    assert run.custom_response_format == "json"
    assert run.custom_prompt_truncation_options == PromptTruncationOptions(
        strategy=run.custom_prompt_truncation_options.strategy
    )
    assert type(run.custom_prompt_truncation_options.strategy).__name__ == "AutoPromptTruncationStrategy"


async def test_the_last_run_of_a_thread(gateway: Gateway) -> None:
    first = await start(gateway, "echo")
    await first.wait()
    second = await gateway.client.runs.create(first.assistant_id, first.thread_id)
    assert await gateway.client.runs.get_last_by_thread(first.thread_id) == second


async def test_runs_are_listed_over_pages(gateway: Gateway) -> None:
    created = [await start(gateway, "echo", f"text {number}") for number in range(5)]
    for page_size in (2, 5, None):
        listed = [run async for run in gateway.client.runs.list(page_size=page_size)]
        assert [run.id for run in listed] == [run.id for run in reversed(created)]


async def test_a_folder_without_runs_lists_none(gateway: Gateway) -> None:
    assert [run async for run in gateway.client.runs.list()] == []


async def test_a_streaming_run_tells_its_text_as_it_grows(gateway: Gateway) -> None:
    run = await start(gateway, "echo", stream=True)
    wanted = [(0, PARTIAL, "one"), (1, PARTIAL, "one two"), (2, PARTIAL, "one two three"), (3, DONE, "one two three")]
    assert await heard(run.listen()) == wanted
    assert await heard(run) == wanted
    for start_at in range(5):
        assert await heard(run.listen(events_start_idx=start_at)) == wanted[start_at:] if start_at < 4 else True


async def test_pieces_of_text_join_to_the_whole(gateway: Gateway) -> None:
    text = 'a\u2028b \x85c "d" \\ é😀 {"e": [1]} \r\n data: x\n\n :end'
    run = await start(gateway, "echo", text, stream=True)
    assert "".join([piece async for piece in run.text_stream()]) == text
    assert (await run.wait()).text == text


async def test_a_run_that_does_not_stream_has_one_event(gateway: Gateway) -> None:
    run = await start(gateway, "echo")
    assert await heard(run.listen()) == [(0, DONE, "one two three")]


async def test_a_slow_run_is_heard_to_its_end(gateway: Gateway) -> None:
    run = await start(gateway, "slow", "one two", stream=True)
    assert await heard(run.listen()) == [(0, PARTIAL, "one"), (1, PARTIAL, "one two"), (2, DONE, "one two")]


async def test_waiting_gives_the_message_and_the_usage(gateway: Gateway) -> None:
    for via in ("poll", "listen"):
        run = await start(gateway, "echo")
        result = await run.wait(via=via, poll_interval=0.05)
        assert (result.status, result.text, result.error) == (RunStatus.COMPLETED, "one two three", None)
        assert (result.message.role, result.message.status) == ("ASSISTANT", MessageStatus.COMPLETED)
        assert result.message.thread_id == run.thread_id
        assert result.usage.total_tokens == result.usage.prompt_tokens + result.usage.completion_tokens > 0
        assert await run.get_status() == RunStatus.COMPLETED
        assert await run.get_result() == result


async def test_tool_calls_are_answered_while_the_stream_is_open(gateway: Gateway) -> None:
    run = await start(gateway, "rounds", stream=True, tools=_TOOL)
    seen: list[Any] = []
    async for event in run.listen():
        seen.append(event)
        if event.tool_calls:
            await run.submit_tool_results(answers(event))
    assert [(event.index, event.status) for event in seen] == list(enumerate([PARTIAL, CALLS, CALLS, PARTIAL, DONE]))
    assert [call.function.name for call in seen[2].tool_calls] == ["time", "weather"]
    assert [call.function.arguments for event in seen[1:3] for call in event.tool_calls] == [
        {"city": "Омск", "days": [1, 2.5, None]},
        {},
        {"city": "Тула", "deep": {"ok": True}},
    ]
    assert seen[-1].text == "weather is fine; time is fine; weather is fine"
    assert [event.stream_cursor.num_user_events_received for event in seen] == [0, 0, 1, 2, 2]


async def test_tool_calls_are_answered_by_waiting(gateway: Gateway) -> None:
    run = await start(gateway, "rounds", tools=_TOOL)
    statuses = []
    while True:
        result = await run.wait(poll_interval=0.05)
        statuses.append(result.status)
        if not result.tool_calls:
            break
        assert result.usage.total_tokens > 0
        await run.submit_tool_results(answers(result))
    assert statuses == [RunStatus.TOOL_CALLS, RunStatus.TOOL_CALLS, RunStatus.COMPLETED]
    assert result.text == "weather is fine; time is fine; weather is fine"


@pytest.mark.parametrize("via", ["listen", "wait"])
async def test_functions_answer_the_calls(gateway: Gateway, via: str) -> None:
    def weather(city: str, days: list[float | None] | None = None, deep: dict[str, bool] | None = None) -> str:
        return f"{city} {len(days or [])} {deep}"

    run = await start(gateway, "rounds", stream=True)
    result = await run.run_tools({"weather": weather, "time": lambda: "noon"}, via=via)
    assert result.text == "Омск 3 None; noon; Тула 0 {'ok': True}"


async def test_a_failure_is_told(gateway: Gateway) -> None:
    run = await start(gateway, "failing", stream=True)
    *_, event = [event async for event in run.listen()]
    assert (event.status, event.error, event.fault.code) == (ERROR, "the assistant is scripted to fail", 13)
    result = await run.wait()
    assert (result.status, result.error) == (RunStatus.FAILED, "the assistant is scripted to fail")
    with pytest.raises(ValueError, match="scripted to fail"):
        _ = result.text
    with pytest.raises(RunFailedError):
        assert [piece async for piece in run.text_stream()]


async def test_a_failure_without_a_code(gateway: Gateway) -> None:
    run = await start(gateway, "nameless")
    (event,) = [event async for event in run.listen()]
    assert (event.error, event.fault.code) == ("no code is named", 0)


async def test_a_message_that_was_cut(gateway: Gateway) -> None:
    result = await (await start(gateway, "cut")).wait()
    assert (result.status, result.message.status) == (RunStatus.COMPLETED, MessageStatus.TRUNCATED)


async def test_what_an_answer_rests_on(gateway: Gateway) -> None:
    ((source,),) = [each.sources for each in (await (await start(gateway, "cited")).wait()).message.citations]
    assert (source.chunk.file.id, source.chunk.file.mime_type) == ("file-1", "text/plain")
    assert (source.chunk.search_index.id, source.chunk.text) == ("index-1", "what the file says")
    strategy = source.chunk.search_index.text_search_index.chunking_strategy.static_strategy
    assert (strategy.max_chunk_size_tokens, strategy.chunk_overlap_tokens) == (100, 10)
