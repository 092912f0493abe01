"""Wrong arguments are refused before anything is sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.answers import ASSISTANT_ID, RUN_ID, THREAD_ID, calling, ok, run_json
from tests.support.clients import Script, make_async_client
from yc_runs import AsyncRun, ConfigurationError, RetryPolicy, UnsupportedOperationError

pytestmark = pytest.mark.anyio

BAD_IDS = [
    ("", ValueError),
    (".", ValueError),
    ("..", ValueError),
    ("a\nb", ValueError),
    ("a\x00", ValueError),
    ("a\u2028b", ValueError),
]
NOT_IDS = [(None, TypeError), (5, TypeError), (b"run", TypeError), (SimpleNamespace(id=5), TypeError)]


@pytest.mark.parametrize(("run_id", "kind"), [*BAD_IDS, *NOT_IDS])
async def test_get_refuses_what_is_no_id(run_id: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await make_async_client(Script()).runs.get(run_id)


@pytest.mark.parametrize(("thread_id", "kind"), [*BAD_IDS, *NOT_IDS])
async def test_get_last_by_thread_refuses_what_is_no_id(thread_id: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await make_async_client(Script()).runs.get_last_by_thread(thread_id)


@pytest.mark.parametrize(("wrong", "kind"), [*BAD_IDS, *NOT_IDS])
async def test_create_refuses_what_is_no_id(wrong: Any, kind: type[Exception]) -> None:
    runs = make_async_client(Script()).runs
    with pytest.raises(kind, match="assistant"):
        await runs.create(wrong, THREAD_ID)
    with pytest.raises(kind, match="thread"):
        await runs.create(ASSISTANT_ID, wrong)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"custom_temperature": "warm"}, TypeError),
        ({"custom_temperature": True}, TypeError),
        ({"custom_temperature": float("nan")}, ValueError),
        ({"custom_temperature": float("inf")}, ValueError),
        ({"custom_max_tokens": 1.5}, TypeError),
        ({"custom_max_tokens": True}, TypeError),
        ({"custom_max_tokens": -1}, ValueError),
        ({"custom_max_tokens": 2**63}, ValueError),
        ({"custom_max_prompt_tokens": "9"}, TypeError),
        ({"custom_prompt_truncation_strategy": "last"}, TypeError),
        ({"custom_prompt_truncation_strategy": {"numMessages": 1}}, TypeError),
        ({"custom_response_format": "xml"}, TypeError),
        ({"custom_response_format": {}}, TypeError),
        ({"custom_response_format": {"json_schema": "{}"}}, TypeError),
        ({"labels": {"a": 1}}, TypeError),
        ({"labels": {1: "a"}}, TypeError),
        ({"labels": ["a"]}, TypeError),
        ({"labels": []}, TypeError),
        ({"labels": 0}, TypeError),
        ({"stream": "yes"}, TypeError),
        ({"stream": 1}, TypeError),
        ({"stream": None}, TypeError),
        ({"additional_messages": 5}, TypeError),
        ({"additional_messages": b"text"}, TypeError),
        ({"additional_messages": [5]}, TypeError),
        ({"additional_messages": {"txt": "a"}}, TypeError),
        ({"additional_messages": {"text": 5}}, TypeError),
        ({"tools": "f"}, TypeError),
        ({"tools": [{"function": {"name": "f"}}]}, TypeError),
        ({"timeout": -1}, ValueError),
        ({"timeout": float("nan")}, ValueError),
    ],
)
async def test_create_refuses_wrong_values(arguments: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await make_async_client(Script()).runs.create(ASSISTANT_ID, THREAD_ID, **arguments)


@pytest.mark.parametrize(
    ("results", "kind"),
    [
        (None, ValueError),
        ([], ValueError),
        ((), ValueError),
        ("42", TypeError),
        (b"42", TypeError),
        (42, TypeError),
        (["42"], TypeError),
        ({}, TypeError),
        ({"name": "f"}, TypeError),
        ({"content": "42"}, TypeError),
        ({"name": "f", "content": 42}, TypeError),
        ({"name": "f", "content": None}, TypeError),
        ({"name": 1, "content": "42"}, TypeError),
        ({"name": "f", "content": "42", "type": "search"}, TypeError),
        ({"name": "f", "content": "42", "id": "7"}, TypeError),
        ([{"name": "f", "content": "42"}, {"name": "f"}], TypeError),
    ],
)
async def test_submit_refuses_wrong_shapes(results: Any, kind: type[Exception]) -> None:
    script = Script(ok(calling("f")))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(kind, match="tool result"):
        await run.submit_tool_results(results)
    assert len(script.requests) == 1


@pytest.mark.parametrize(("index", "kind"), [(-1, ValueError), ("0", TypeError), (True, TypeError), (None, TypeError)])
async def test_listen_refuses_what_is_no_index(index: Any, kind: type[Exception]) -> None:
    script = Script(ok(calling("f")))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(kind, match="events_start_idx"):
        _ = [event async for event in run.listen(events_start_idx=index)]
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"timeout": 0}, ValueError),
        ({"timeout": -1}, ValueError),
        ({"timeout": float("nan")}, ValueError),
        ({"timeout": True}, TypeError),
        ({"poll_interval": True}, TypeError),
        ({"poll_timeout": True}, TypeError),
        ({"poll_interval": 0}, ValueError),
        ({"poll_interval": -1}, ValueError),
        ({"poll_interval": float("nan")}, ValueError),
        ({"poll_timeout": -1}, ValueError),
        ({"poll_timeout": float("nan")}, ValueError),
        ({"poll_timeout": "5"}, TypeError),
    ],
)
async def test_wait_refuses_wrong_times(arguments: dict[str, Any], kind: type[Exception]) -> None:
    script = Script(ok(calling("f")))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(kind):
        await run.wait(**arguments)
    assert len(script.requests) == 1


@pytest.mark.parametrize(("size", "kind"), [(0, ValueError), (-1, ValueError), ("5", TypeError), (True, TypeError)])
async def test_list_refuses_what_is_no_page_size(size: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="page_size"):
        _ = [run async for run in make_async_client(Script()).runs.list(page_size=size)]


async def test_list_needs_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YC_FOLDER_ID", raising=False)
    with pytest.raises(ConfigurationError, match="YC_FOLDER_ID"):
        _ = [run async for run in make_async_client(Script(), folder_id=None).runs.list()]


async def test_cancel_is_refused_with_the_reason_and_without_a_request() -> None:
    script = Script(ok(calling("f")))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(UnsupportedOperationError, match="the Assistants API has no call for it") as caught:
        await run.cancel()
    assert RUN_ID in str(caught.value)
    assert isinstance(caught.value, NotImplementedError)
    assert len(script.requests) == 1


NO_NUMBERS = [("5", TypeError), (True, TypeError), ([1], TypeError), (float("nan"), ValueError), (-1, ValueError)]
NO_TIMES = [*NO_NUMBERS, (0, ValueError)]
NO_COUNTS = [
    ("5", TypeError),
    (True, TypeError),
    (1.5, TypeError),
    (None, TypeError),
    (0, ValueError),
    (-1, ValueError),
]


async def an_unsent_run() -> AsyncRun:
    """A run whose client has no answer left."""
    return await make_async_client(Script(ok(run_json()))).runs.get(RUN_ID)


@pytest.mark.parametrize(("wrong", "kind"), NO_TIMES)
async def test_idle_timeout_is_refused_where_it_is_no_time(wrong: Any, kind: type[Exception]) -> None:
    run = await an_unsent_run()
    for source in (run.listen(idle_timeout=wrong), run.text_stream(idle_timeout=wrong)):
        with pytest.raises(kind, match="idle_timeout"):
            await anext(source)
    with pytest.raises(kind, match="idle_timeout"):
        make_async_client(Script()).messages.list(THREAD_ID, idle_timeout=wrong)


@pytest.mark.parametrize(("wrong", "kind"), NO_NUMBERS)
async def test_timeout_is_refused_where_it_is_no_time(wrong: Any, kind: type[Exception]) -> None:
    run = await an_unsent_run()
    for source in (run.listen(timeout=wrong), make_async_client(Script()).messages.list(THREAD_ID, timeout=wrong)):
        with pytest.raises(kind, match="timeout"):
            await anext(source)
    for call in (run.get_status, run.wait):
        with pytest.raises(kind, match="timeout"):
            await call(timeout=wrong)


@pytest.mark.parametrize(
    ("name", "wrong", "kind"),
    [
        *(("poll_timeout", *case) for case in NO_NUMBERS),
        *(("poll_interval", *case) for case in NO_TIMES),
    ],
)
async def test_wait_refuses_what_is_no_time(name: str, wrong: Any, kind: type[Exception]) -> None:
    run = await an_unsent_run()
    with pytest.raises(kind, match=name):
        await run.wait(**{name: wrong})


@pytest.mark.parametrize(
    ("name", "wrong", "kind"),
    [
        *((name, *case) for name in ("tool_timeout", "poll_interval") for case in NO_TIMES),
        *((name, *case) for name in ("max_rounds", "concurrency") for case in NO_COUNTS),
        *(("timeout", *case) for case in NO_NUMBERS),
    ],
)
async def test_the_tool_loop_refuses_what_is_no_number(name: str, wrong: Any, kind: type[Exception]) -> None:
    run = await an_unsent_run()
    with pytest.raises(kind, match=name):
        await run.run_tools({}, **{name: wrong})
    with pytest.raises(kind, match=name):
        run.run_tools_stream({}, **{name: wrong})


@pytest.mark.parametrize(
    ("name", "wrong", "kind"),
    [
        *(("attempts", *case) for case in NO_COUNTS),
        *((name, *case) for name in ("backoff", "max_backoff", "max_retry_after") for case in NO_NUMBERS),
        *((name, *case) for name in ("total", "attempt_timeout") for case in NO_TIMES),
        ("backoff", None, TypeError),
    ],
)
async def test_a_retry_policy_refuses_what_is_no_number(name: str, wrong: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=rf"RetryPolicy\.{name}"):
        RetryPolicy(**{name: wrong})


@pytest.mark.parametrize("wrong", ["5", True, 0, -1, 1.5, None])
async def test_max_event_size_is_a_whole_number_of_bytes(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="max_event_size"):
        make_async_client(Script(), max_event_size=wrong)


async def test_a_run_that_is_to_have_no_time_for_a_look_is_told_how_to_look_once() -> None:
    script = Script(ok(run_json()))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(ValueError, match="to look once, give poll_timeout=0"):
        await run.wait(timeout=0)
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("custom_temperature", "warm"), ("custom_max_tokens", "9"), ("custom_max_prompt_tokens", "9"), ("stream", "no")],
)
async def test_an_option_of_a_run_is_refused_by_its_own_name(name: str, wrong: str) -> None:
    with pytest.raises(TypeError, match=f"^{name}: expected"):
        await make_async_client(Script()).runs.create(ASSISTANT_ID, THREAD_ID, **{name: wrong})  # type: ignore[arg-type]


# async-only
async def test_a_thread_that_was_not_awaited_is_refused_with_what_to_do() -> None:
    async def a_thread() -> str:
        return THREAD_ID

    forgotten = a_thread()
    with pytest.raises(TypeError, match="got coroutine: await it first"):
        await make_async_client(Script()).runs.create(ASSISTANT_ID, forgotten)  # type: ignore[arg-type]
    assert await forgotten == THREAD_ID


# end async-only


async def test_run_and_run_stream_say_that_they_take_no_stream() -> None:
    client = make_async_client(Script(ok({"id": "a", "folderId": "f"})))
    assistant = await client.assistants.get("a")
    for run in (assistant.run, assistant.run_stream):
        with pytest.raises(TypeError, match="run_stream"):
            await run(THREAD_ID, stream=True)  # type: ignore[call-arg]


async def test_an_assistant_a_thread_and_a_run_are_not_taken_for_each_other() -> None:
    client = make_async_client(
        Script(ok({"id": "a", "folderId": "f"}), ok({"id": "t", "folderId": "f"}), ok(run_json()))
    )
    assistant, thread = await client.assistants.get("a"), await client.threads.get("t")
    run = await client.runs.get(RUN_ID)
    with pytest.raises(TypeError, match="assistant: expected an id or an object with an id, got the thread 't'"):
        await client.runs.create(thread, assistant)
    with pytest.raises(TypeError, match="got the assistant 'a'"):
        await assistant.run(assistant)
    with pytest.raises(TypeError, match=f"got the run '{RUN_ID}'"):
        await client.messages.create("hi", thread_id=run)
