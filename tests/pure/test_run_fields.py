"""A run's fields under the official SDK's names, and when two runs are equal."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from yc_runs._run_fields import RunFields
from yc_runs.models import FunctionTool, LastMessagesPromptTruncationStrategy, RunData


def fields(**answer: Any) -> RunFields:
    return RunFields(RunData.model_validate({"id": "r", "assistantId": "a", "threadId": "t", **answer}))


FULL: dict[str, Any] = {
    "createdBy": "me",
    "createdAt": "2025-01-02T03:04:05Z",
    "labels": {"a": "b"},
    "tools": [{"function": {"name": "f"}}],
    "customCompletionOptions": {"temperature": 0, "maxTokens": "5"},
    "customPromptTruncationOptions": {"maxPromptTokens": "7", "lastMessagesStrategy": {"numMessages": "2"}},
    "customResponseFormat": {"jsonObject": True},
}


def test_every_field_is_there() -> None:
    run = fields(**FULL)
    assert (run.id, run.assistant_id, run.thread_id, run.created_by, run.labels) == ("r", "a", "t", "me", {"a": "b"})
    assert run.created_at is not None
    assert run.created_at.isoformat() == "2025-01-02T03:04:05+00:00"
    assert (run.custom_temperature, run.custom_max_tokens, run.custom_max_prompt_tokens) == (0.0, 5, 7)
    assert run.custom_prompt_truncation_options is not None
    assert run.custom_prompt_truncation_options.strategy == LastMessagesPromptTruncationStrategy(num_messages=2)
    assert run.custom_response_format == "json"
    assert isinstance(run.tools[0], FunctionTool)
    assert run.data.id == "r"


def test_what_was_not_set_is_none_or_empty() -> None:
    run = fields()
    assert (run.created_by, run.created_at, run.labels, run.tools) == ("", None, None, ())
    assert run.custom_temperature is run.custom_max_tokens is run.custom_max_prompt_tokens is None
    assert run.custom_prompt_truncation_options is run.custom_response_format is None


def test_runs_are_equal_whatever_has_become_of_them() -> None:
    fresh = fields(**FULL, state={"status": "PENDING"})
    ended = fields(**FULL, state={"status": "COMPLETED"}, usage={"totalTokens": "5"})
    assert fresh == ended
    assert len({fresh, ended}) == 1


def test_runs_with_another_field_differ() -> None:
    assert all(fields(**FULL) != fields(**{**FULL, name: None}) for name in FULL if name != "createdBy")
    assert fields() != "r"


def test_a_run_shows_its_ids() -> None:
    assert repr(fields()) == "RunFields(id='r', assistant_id='a', thread_id='t')"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("text", r"it is in the result: wait\(\) gives it"),
        ("tool_calls", r"get_result\(\) as it is now"),
        ("result", r"wait\(\) gives it when the run has ended"),
        ("status", r"get_status\(\) asks for it"),
        ("events", r"listen\(\)"),
    ],
)
def test_what_a_run_does_not_have_is_said_to_be_elsewhere(name: str, hint: str) -> None:
    run = fields()
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; .*{hint}") as caught:
        getattr(run, name)
    assert (caught.value.name, caught.value.obj) == (name, run)
    assert not hasattr(run, name)


def test_what_nothing_has_is_missing_as_usual() -> None:
    with pytest.raises(AttributeError, match=r"'RunFields' object has no attribute 'nonsense'$"):
        getattr(fields(), "nonsense")  # noqa: B009


def test_a_run_can_be_copied_and_pickled() -> None:
    run = fields(**FULL)
    assert copy.copy(run) == copy.deepcopy(run) == pickle.loads(pickle.dumps(run)) == run
