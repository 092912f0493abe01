"""The whole API of runs as a user writes it. Type checkers read this; nothing runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any

import httpx
from typing_extensions import assert_type

import yc_runs
from yc_runs import (
    APIError,
    APIKey,
    AsyncClient,
    AsyncClock,
    AsyncRun,
    AutoPromptTruncationStrategy,
    Client,
    Clock,
    EnvToken,
    FunctionResult,
    FunctionTool,
    GenSearchTool,
    IAMToken,
    LastMessagesPromptTruncationStrategy,
    Message,
    Metadata,
    NoAuth,
    OAuthToken,
    PartialMessage,
    PollTimeoutError,
    PromptTruncationOptions,
    RequestTimeoutError,
    RetryPolicy,
    Run,
    RunResult,
    RunsError,
    RunStatus,
    RunStreamEvent,
    SearchIndexTool,
    StreamEvent,
    StreamInterruptedError,
    TokenProvider,
    ToolCall,
    ToolResult,
    Usage,
)


class Assistant:
    """Something of the user's own with an id."""

    @property
    def id(self) -> str:
        """The id."""
        return "assistant"


def function_that_gives_a_token() -> str:
    return "t1.token"


async def coroutine_that_gives_a_token() -> tuple[str, datetime]:
    return "t1.token", datetime.now().astimezone()


def clients() -> None:
    Client()
    AsyncClient()
    for auth in ("key", APIKey("k"), IAMToken("t"), OAuthToken("t"), Metadata(), NoAuth(), EnvToken("V"), None):
        Client(auth=auth)
        AsyncClient(auth=auth)
    Client(auth=function_that_gives_a_token)
    AsyncClient(auth=coroutine_that_gives_a_token)
    AsyncClient(auth=TokenProvider(coroutine_that_gives_a_token, max_age=60))
    Client(
        folder_id="f",
        base_url="https://gateway.example",
        retry=RetryPolicy(attempts=2, total=30),
        verify=False,
        headers={"x-extra": "1"},
        http_client=httpx.Client(),
        allow_plain_http=True,
        enable_server_data_logging=False,
        clock=Clock(),
    )
    AsyncClient(http_client=httpx.AsyncClient(), clock=AsyncClock(), retry=None, dialect="responses")
    Client(dialect="assistants")


TOOLS: Sequence[FunctionTool | SearchIndexTool | GenSearchTool] = [
    FunctionTool(name="f", description="d", parameters={"type": "object"}),
    SearchIndexTool(search_index_ids=("i",), max_num_results=3),
    GenSearchTool(description="web"),
]


async def async_main_job() -> None:
    async with AsyncClient(folder_id="f", auth="key") as client:
        assert_type(client, AsyncClient)
        run = await client.runs.create(
            Assistant(),
            "thread",
            stream=True,
            labels={"a": "b"},
            additional_messages=["hi", {"text": "ho", "role": "user"}],
            custom_temperature=0,
            custom_max_tokens=10,
            custom_max_prompt_tokens=100,
            custom_prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=3),
            custom_response_format={"json_schema": {"type": "object"}},
            tools=TOOLS,
            timeout=None,
        )
        assert_type(run, AsyncRun)
        await client.runs.create("a", "t", custom_prompt_truncation_strategy="auto", custom_response_format="json")
        await client.runs.create("a", "t", custom_prompt_truncation_strategy=AutoPromptTruncationStrategy())
        await client.runs.create("a", "t", tools=FunctionTool(name="f"), additional_messages="hi")
        assert_type(await client.runs.get("r", timeout=5), AsyncRun)
        assert_type(await client.runs.get_last_by_thread(Assistant()), AsyncRun)
        async for listed in client.runs.list(page_size=5, timeout=5):
            assert_type(listed, AsyncRun)
        async for event in run:
            assert_type(event, RunStreamEvent)
        async for event in run.listen(events_start_idx=2, timeout=None, idle_timeout=30):
            use_event(event)
        await run.submit_tool_results({"name": "f", "content": "1"}, timeout=5)
        await run.submit_tool_results([{"name": "f", "content": "1", "type": "function"}])
        await run.submit_tool_results(FunctionResult(name="f", content="1"))
        await run.submit_tool_results(ToolResult(function_result=FunctionResult(name="f", content="1")) for _ in "ab")
        assert_type(await run.wait(timeout=5, poll_timeout=60, poll_interval=1), RunResult)
        assert_type(await run, RunResult)
        assert_type(await run.get_status(timeout=5), RunStatus)
        use_result(await run.get_result(timeout=5))
        use_run(run)
        await run.cancel(timeout=5)
    await client.aclose()


def main_job() -> None:
    with Client(folder_id="f", auth="key") as client:
        assert_type(client, Client)
        run = client.runs.create(
            Assistant(),
            "thread",
            stream=True,
            labels={"a": "b"},
            additional_messages=["hi", {"text": "ho", "role": "user"}],
            custom_temperature=0,
            custom_max_tokens=10,
            custom_max_prompt_tokens=100,
            custom_prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=3),
            custom_response_format={"json_schema": {"type": "object"}},
            tools=TOOLS,
            timeout=None,
        )
        assert_type(run, Run)
        assert_type(client.runs.get("r", timeout=5), Run)
        assert_type(client.runs.get_last_by_thread(Assistant()), Run)
        for listed in client.runs.list(page_size=5, timeout=5):
            assert_type(listed, Run)
        for event in run:
            assert_type(event, RunStreamEvent)
        for event in run.listen(events_start_idx=2, timeout=None, idle_timeout=30):
            use_event(event)
        run.submit_tool_results({"name": "f", "content": "1"}, timeout=5)
        assert_type(run.wait(timeout=5, poll_timeout=60, poll_interval=1), RunResult)
        assert_type(run.get_status(timeout=5), RunStatus)
        use_result(run.get_result(timeout=5))
        use_run(run)
        run.cancel(timeout=5)
    client.close()


def use_run(run: Run | AsyncRun) -> None:
    assert_type((run.id, run.assistant_id, run.thread_id, run.created_by), tuple[str, str, str, str])
    assert_type(run.created_at, datetime | None)
    assert_type(run.labels, dict[str, str] | None)
    assert_type(run.custom_temperature, float | None)
    assert_type(run.custom_max_tokens, int | None)
    assert_type(run.custom_max_prompt_tokens, int | None)
    assert_type(run.custom_prompt_truncation_options, PromptTruncationOptions | None)
    if run.custom_response_format is not None and run.custom_response_format != "json":
        assert_type(run.custom_response_format["json_schema"], dict[str, Any])


def use_run_of_the_second_dialect(run: Run, result: RunResult) -> None:
    assert_type(run.response_ids, tuple[str, ...])
    assert_type(run.cancel(), None)
    assert_type(result.status == RunStatus.CANCELLED, bool)
    for call in result.tool_calls or ():
        assert_type(call.id, str | None)
        if call.function:
            assert_type(call.function.raw_arguments, str | None)


def use_result(result: RunResult) -> None:
    assert_type(result.status, RunStatus)
    assert_type((result.error, result.text), tuple[str | None, str | None])
    assert_type(result.message, Message | None)
    assert_type(result.usage, Usage | None)
    assert_type(result.is_running or result.is_succeeded or result.is_failed or result.is_finished, bool)
    assert_type(result.tool_calls, tuple[ToolCall, ...] | None)
    for part in result.parts:
        print(part.upper() if isinstance(part, str) else part.model_extra)
    for call in result.tool_calls or ():
        if call.function is not None:
            assert_type((call.function.name, call.function.arguments), tuple[str, dict[str, Any]])
    if result.usage is not None:
        assert_type(result.usage.input_text_tokens + result.usage.completion_tokens + result.usage.total_tokens, int)


def use_event(event: RunStreamEvent) -> None:
    assert_type(event.status, StreamEvent)
    assert_type(event.index, int)
    assert_type(event.text, str | None)
    assert_type(event.message, Message | PartialMessage | None)
    if event.status is StreamEvent.TOOL_CALLS:
        print(event.tool_calls)


def errors(run: Run) -> None:
    try:
        run.wait()
    except PollTimeoutError as error:
        print(error.run_id, error.status)
    except StreamInterruptedError as error:
        assert_type(error.next_event_idx, int)
    except RequestTimeoutError as error:
        assert_type(error.maybe_applied, bool)
    except APIError as error:
        assert_type((error.status, error.message), tuple[int, str])
        assert_type(
            (error.request_id, error.client_request_id, error.trace_id), tuple[str | None, str | None, str | None]
        )
        assert_type(error.retry_after, float | None)
    except RunsError as error:
        print(error)


async def hold_iterators(run: AsyncRun, client: Client) -> tuple[AsyncIterator[RunStreamEvent], Iterator[Run]]:
    return run.listen(), client.runs.list()


assert_type(yc_runs.__version__, str)
