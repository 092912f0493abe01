# Generated from tests/_async/test_recordings.py by tools/generate_sync.py; do not edit.
"""Recorded exchanges, replayed through the client: the project's own, and the real service's where they are at hand."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests.support.clients import make_client
from tests.support.replay import FIXTURES, RECORDINGS, Replay
from yc_runs import (
    AutoPromptTruncationStrategy,
    BadRequestError,
    Client,
    FunctionTool,
    LastMessagesPromptTruncationStrategy,
    NotFoundError,
    PermissionDeniedError,
    RunStatus,
    SearchIndexTool,
    StreamEvent,
)
from yc_runs.testing import Framing
from yc_runs.testing._framing import FRAMINGS

RUNS = "/assistants/v1/runs"
CREATED = datetime(2026, 3, 14, 15, 9, 25, 141592, tzinfo=timezone.utc)
needs_recordings = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not at hand")


def opened(name: str, framing: Framing = "sse") -> tuple[Replay, Client]:
    """A fixture and a client that leads to it."""
    replay = Replay(FIXTURES / f"{name}.json", framing)
    return replay, make_client(replay, folder_id="folder-list")


@pytest.mark.parametrize("framing", FRAMINGS)
def test_run(framing: Framing) -> None:
    replay, client = opened("run", framing)
    run = client.runs.create("assistant-plain", "thread-plain", custom_temperature=0)
    assert (run.id, run.created_by, run.created_at, run.custom_temperature) == (
        "run-plain",
        "account-alpha",
        CREATED,
        0,
    )
    result = run.wait()
    assert (result.status, result.text) == (RunStatus.COMPLETED, "A kettle is warm, a lid is closed.")
    assert result.usage is not None
    assert (result.usage.prompt_tokens, result.usage.completion_tokens, result.usage.total_tokens) == (31, 9, 40)
    assert client.runs.get("run-plain") == run
    (event,) = [event for event in run]
    assert (event.index, event.status, event.message) == (0, StreamEvent.DONE, result.message)
    assert replay.is_done


@pytest.mark.parametrize("framing", FRAMINGS)
def test_run_stream(framing: Framing) -> None:
    replay, client = opened("run_stream", framing)
    run = client.runs.create("assistant-stream", "thread-stream", stream=True)
    assert run.get_status() is RunStatus.IN_PROGRESS
    events = [event for event in run]
    texts = [
        item["partialMessage"]["content"][0]["text"]["content"] for item in replay.answers(f"{RUNS}/listen")[0][:3]
    ]
    assert [event.text for event in events] == [*texts, texts[-1]]
    assert [event.index for event in events] == [0, 1, 2, 3]
    assert events[-1].message == run.wait().message
    assert [event for event in run.listen(events_start_idx=2)] == events[2:]
    assert replay.is_done


@pytest.mark.parametrize("framing", FRAMINGS)
def test_run_tools(framing: Framing) -> None:
    replay, client = opened("run_tools", framing)
    properties = {"article": {"type": "string"}, "store": {"type": "integer", "default": None}}
    tool = FunctionTool(
        name="stock_level",
        description="How many pieces are in the store.",
        parameters={"type": "object", "properties": properties, "required": ["article"]},
    )
    run = client.runs.create("assistant-tools", "thread-tools", tools=tool)
    assert run.tools == (tool,)
    stock = {"teapot": "3", "cup": "40", "lid": "0"}
    while (result := run.wait()).tool_calls:
        calls = [call.function for call in result.tool_calls if call.function]
        run.submit_tool_results([{"name": call.name, "content": stock[call.arguments["article"]]} for call in calls])
    assert result.text == "3 teapots, 40 cups, no lids."
    assert result.usage is not None
    assert result.usage.total_tokens == 375
    events = [event for event in run]
    assert [event.status.name for event in events] == ["TOOL_CALLS", "TOOL_CALLS", "DONE"]
    assert [event.stream_cursor.num_user_events_received for event in events if event.stream_cursor] == [0, 1, 2]
    assert [len(event.tool_calls or ()) for event in events] == [2, 1, 0]
    assert replay.is_done


@pytest.mark.parametrize("framing", FRAMINGS)
def test_run_failed(framing: Framing) -> None:
    replay, client = opened("run_failed", framing)
    run = client.runs.create(
        *("assistant-failed", "thread-failed"),
        stream=True,
        custom_max_prompt_tokens=3,
        custom_prompt_truncation_strategy="auto",
    )
    assert run.custom_prompt_truncation_options is not None
    assert run.custom_prompt_truncation_options.strategy == AutoPromptTruncationStrategy()
    (event,) = [event for event in run]
    result = run.wait()
    assert (event.status, result.status) == (StreamEvent.ERROR, RunStatus.FAILED)
    assert event.error == result.error == "failed to fit messages within the maximum prompt tokens limit of 3 tokens"
    assert event.error_code == result.error_code == 0
    assert replay.is_done


@pytest.mark.parametrize("framing", FRAMINGS)
def test_run_snake_case(framing: Framing) -> None:
    replay, client = opened("run_snake_case", framing)
    run = client.runs.create(
        *("assistant-snake", "thread-snake"),
        stream=True,
        labels={"caseKept": "yes", "snake_kept": "yes"},
        custom_temperature=0.7,
        custom_max_tokens=64,
        custom_max_prompt_tokens=9000,
        custom_prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=6),
    )
    assert run.labels == {"caseKept": "yes", "snake_kept": "yes"}
    assert (run.custom_temperature, run.custom_max_tokens, run.custom_max_prompt_tokens) == (0.7, 64, 9000)
    result = run.wait()
    assert result.text == "First part.\nSecond part."
    assert result.parts == ("First part.", "Second part.")
    chunk = result.citations[0].sources[0].chunk
    assert chunk is not None
    assert chunk.source_file is not None
    assert (chunk.source_file.id, chunk.source_file.name) == ("file-snake", "manual.txt")
    events = [event for event in run]
    assert [(event.index, event.text) for event in events] == [(0, "First part."), (1, result.text)]
    assert events[1].message == result.message
    assert replay.is_done


@pytest.mark.parametrize("framing", FRAMINGS)
def test_run_defaults(framing: Framing) -> None:
    replay, client = opened("run_defaults", framing)
    run = client.runs.create("assistant-defaults", "thread-defaults")
    assert (run.labels, run.tools, run.custom_response_format, run.custom_temperature) == (None, (), None, None)
    result = run.wait()
    assert (result.status, result.text, result.citations) == (RunStatus.COMPLETED, "", ())
    assert result.usage is not None
    assert result.usage.total_tokens == 0
    events = [event for event in run]
    assert [event.status.name for event in events] == ["EVENT_TYPE_UNSPECIFIED", "UNKNOWN", "DONE"]
    assert (events[1].status.raw, events[1].model_extra) == ("REHEARSAL", {"rehearsal": {"act": "2"}})
    assert replay.is_done


def test_run_options() -> None:
    replay, client = opened("run_options")
    unit = {"unitPrice": {"type": ["number", "null"]}, "unit_name": {"enum": ["piece", None]}}
    schema = {"type": "object", "properties": unit, "additionalProperties": False}
    run = client.runs.create(
        *("assistant-options", "thread-options"),
        labels={"shop": "tea"},
        additional_messages=["What does a cup cost?", {"role": "assistant", "text": "Which cup?"}],
        custom_max_tokens=300,
        custom_response_format={"json_schema": schema},
        tools=[SearchIndexTool(search_index_ids=("index-options",), max_num_results=4)],
    )
    assert run.custom_response_format == {"json_schema": schema}
    result = run.wait()
    assert result.is_truncated
    assert client.runs.get_last_by_thread("thread-options") == run
    assert replay.is_done


def test_runs_list() -> None:
    replay, client = opened("runs_list")
    runs = [run for run in client.runs.list(page_size=2)]
    assert [run.id for run in runs] == ["run-list-1", "run-list-2", "run-list-3"]
    assert [run.data.status.name for run in runs] == ["COMPLETED", "FAILED", "PENDING"]
    assert replay.is_done


def test_run_errors() -> None:
    replay, client = opened("run_errors")
    with pytest.raises(NotFoundError, match="assistant-errors not found"):
        client.runs.create("assistant-errors", "thread-errors")
    run = client.runs.create("assistant-errors", "thread-errors")
    with pytest.raises(BadRequestError, match="no call of g waits") as refused:
        run.submit_tool_results({"name": "g", "content": "0"})
    assert refused.value.code == 3
    assert run.wait().tool_calls
    with pytest.raises(PermissionDeniedError) as denied:
        run.get_result()
    assert denied.value.details[0]["reason"] == "role"
    assert replay.is_done


@needs_recordings
@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("name", ["run", "run_stream"])
def test_the_real_service(name: str, framing: Framing) -> None:
    replay = Replay(RECORDINGS / f"{name}.json", framing)
    client = make_client(replay)
    replay.skip_to(RUNS)
    (shown,) = replay.answers(RUNS)
    run = client.runs.create(
        shown["assistantId"], shown["threadId"], stream=name == "run_stream", custom_temperature=0.0
    )
    assert fields(run) == shown_fields(shown)
    states = replay.answers(f"{RUNS}/{run.id}")
    result = run.wait()
    check_message(result.message, states[-1]["state"]["completedMessage"])
    assert result.usage is not None
    assert {name: str(value) for name, value in result.usage.to_wire().items()} == states[-1]["usage"]
    found = client.runs.get(run.id)
    assert fields(found) == shown_fields(states[-1])
    assert found == run
    events = [event for event in run]
    (items,) = replay.answers(f"{RUNS}/listen")
    assert [event.index for event in events] == [int(item["streamCursor"].get("currentEventIdx", 0)) for item in items]
    assert [event.status.name for event in events] == [item["eventType"] for item in items]
    for event, item in zip(events, items, strict=True):
        content = item.get("partialMessage") or item["completedMessage"]["content"]
        assert event.text == "\n".join(part["text"]["content"] for part in content["content"])
    check_message(events[-1].message, items[-1]["completedMessage"])
    assert replay.exchanges[replay.position]["request"]["method"] == "DELETE"


def fields(run: Any) -> dict[str, Any]:
    """A run's fields by their names on the wire, and that those that were not set are None."""
    unset = (run.labels, run.custom_max_tokens, run.custom_max_prompt_tokens, run.custom_prompt_truncation_options)
    assert (*unset, run.custom_response_format, run.tools) == (*[None] * 5, ())
    created_at = run.created_at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    ids = {"id": run.id, "assistantId": run.assistant_id, "threadId": run.thread_id, "createdBy": run.created_by}
    return {**ids, "createdAt": created_at, "customCompletionOptions": {"temperature": run.custom_temperature}}


def shown_fields(shown: dict[str, Any]) -> dict[str, Any]:
    """The same of a recorded run, its time cut to microseconds."""
    members = {name: value for name, value in shown.items() if name not in ("state", "usage")}
    return {**members, "createdAt": shown["createdAt"].rstrip("Z")[:26]}


def check_message(message: Any, shown: dict[str, Any]) -> None:
    """Every field of a recorded message is in the model."""
    assert (message.id, message.thread_id, message.created_by) == (shown["id"], shown["threadId"], shown["createdBy"])
    assert message.created_at.strftime("%Y-%m-%dT%H:%M:%S.%f") == shown["createdAt"].rstrip("Z")[:26]
    assert message.created_at.utcoffset().total_seconds() == 0
    assert (message.author.id, message.role) == (shown["author"]["id"], shown["author"]["role"])
    assert list(message.parts) == [part["text"]["content"] for part in shown["content"]["content"]]
    assert message.status.name == shown["status"]
    assert (message.labels, message.citations) == (None, ())
    assert message.model_extra == {}
