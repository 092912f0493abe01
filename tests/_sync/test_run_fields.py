# Generated from tests/_async/test_run_fields.py by tools/generate_sync.py; do not edit.
"""A run's fields, under the names and with the meanings of the official SDK, and when two runs are equal."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests.support.answers import ASSISTANT_ID, RUN_ID, THREAD_ID, calling, completed, ok, run_json
from tests.support.clients import Script, make_client
from yc_runs import AutoPromptTruncationStrategy, FunctionTool, LastMessagesPromptTruncationStrategy, Run

OPTIONS: dict[str, Any] = {
    "labels": {"team": "blue"},
    "customCompletionOptions": {"temperature": 0.5, "maxTokens": "99"},
    "customPromptTruncationOptions": {"maxPromptTokens": "7000", "lastMessagesStrategy": {"numMessages": "5"}},
    "customResponseFormat": {"jsonSchema": {"schema": {"type": "object", "x_y": None}}},
    "tools": [{"function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
}


def a_run(body: dict[str, Any]) -> Run:
    return make_client(Script(ok(body))).runs.get(RUN_ID)


def test_every_field_has_the_name_of_the_official_sdk() -> None:
    run = a_run(run_json(**OPTIONS))
    assert (run.id, run.assistant_id, run.thread_id, run.created_by) == (RUN_ID, ASSISTANT_ID, THREAD_ID, "user-01")
    assert run.created_at == datetime(2026, 2, 3, 4, 5, 6, 123456, tzinfo=timezone.utc)
    assert run.labels == {"team": "blue"}
    assert (run.custom_temperature, run.custom_max_tokens, run.custom_max_prompt_tokens) == (0.5, 99, 7000)
    options = run.custom_prompt_truncation_options
    assert options is not None
    assert options.max_prompt_tokens == 7000
    assert options.strategy == LastMessagesPromptTruncationStrategy(num_messages=5)
    assert run.custom_response_format == {"json_schema": {"type": "object", "x_y": None}}
    assert [tool.name for tool in run.tools if isinstance(tool, FunctionTool)] == ["f"]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"labels": {}, "tools": [], "customCompletionOptions": None, "customResponseFormat": None},
        {"labels": None, "tools": None, "customCompletionOptions": {}, "customPromptTruncationOptions": {}},
        {"customCompletionOptions": {"temperature": None, "maxTokens": None}, "customResponseFormat": {}},
    ],
)
def test_what_is_not_set_is_none_however_it_is_written(members: dict[str, Any]) -> None:
    run = a_run(run_json(**members))
    assert (run.labels, run.custom_temperature, run.custom_max_tokens, run.custom_max_prompt_tokens) == (None,) * 4
    assert run.custom_response_format is None
    assert run.tools == ()


def test_a_temperature_of_0_is_not_none() -> None:
    run = a_run(run_json(customCompletionOptions={"temperature": 0}))
    assert run.custom_temperature == 0
    assert run.custom_temperature is not None


def test_the_auto_strategy_and_the_json_format_are_read() -> None:
    members = {"customPromptTruncationOptions": {"autoStrategy": {}}, "customResponseFormat": {"jsonObject": True}}
    run = a_run(run_json(**members))
    assert run.custom_prompt_truncation_options is not None
    assert isinstance(run.custom_prompt_truncation_options.strategy, AutoPromptTruncationStrategy)
    assert run.custom_response_format == "json"


def test_snake_case_gives_the_same_run() -> None:
    snake = {
        "id": RUN_ID,
        "assistant_id": ASSISTANT_ID,
        "thread_id": THREAD_ID,
        "created_by": "user-01",
        "created_at": "2026-02-03T04:05:06.123456789Z",
        "labels": {"team": "blue"},
        "state": {"status": "PENDING"},
        "custom_completion_options": {"temperature": 0.5, "maxTokens": 99},
        "custom_prompt_truncation_options": {
            "max_prompt_tokens": "7000",
            "last_messages_strategy": {"num_messages": "5"},
        },
        "custom_response_format": {"json_schema": {"schema": {"type": "object", "x_y": None}}},
        "tools": [{"function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
    }
    assert a_run(snake) == a_run(run_json(**OPTIONS))


def test_a_run_is_equal_to_itself_whatever_has_become_of_it() -> None:
    script = Script(ok(run_json(**OPTIONS)), *[ok({**body, **OPTIONS}) for body in (calling("f"), completed())])
    client = make_client(script)
    created = client.runs.create(ASSISTANT_ID, THREAD_ID)
    assert created == client.runs.get(RUN_ID) == client.runs.get(RUN_ID)
    assert len({created, created}) == 1


def test_waiting_and_submitting_do_not_change_what_a_run_equals() -> None:
    script = Script(ok(run_json()), ok(run_json()), ok(calling("f")), ok(), ok(completed()))
    client = make_client(script)
    one, other = client.runs.get(RUN_ID), client.runs.get(RUN_ID)
    assert one.wait().tool_calls
    one.submit_tool_results({"name": "f", "content": "1"})
    assert one.wait().is_succeeded
    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    "members",
    [
        {"run_id": "another"},
        {"labels": {"team": "red"}},
        {"customCompletionOptions": {"temperature": 0.1}},
        {"customResponseFormat": {"jsonObject": True}},
        {"tools": [{"function": {"name": "g"}}]},
        {"createdBy": "somebody else"},
    ],
)
def test_runs_with_other_fields_are_not_equal(members: dict[str, Any]) -> None:
    assert a_run(run_json(**members)) != a_run(run_json())


def test_a_run_is_not_equal_to_other_things() -> None:
    run = a_run(run_json())
    assert run != RUN_ID
    assert run != run.data


def test_unknown_members_are_kept_and_harmless() -> None:
    run = a_run(run_json(newField={"a": 1}, tools=[{"codeInterpreter": {"x": 1}}]))
    assert run.data.model_extra == {"newField": {"a": 1}}
    assert run.tools[0].model_extra == {"codeInterpreter": {"x": 1}}


def test_the_repr_shows_the_three_ids() -> None:
    text = repr(a_run(run_json()))
    assert text.endswith(f"Run(id='{RUN_ID}', assistant_id='{ASSISTANT_ID}', thread_id='{THREAD_ID}')")
