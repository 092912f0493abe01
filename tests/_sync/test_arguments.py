# Generated from tests/_async/test_arguments.py by tools/generate_sync.py; do not edit.
"""Wrong arguments are refused before anything is sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.answers import ASSISTANT_ID, RUN_ID, THREAD_ID, calling, ok
from tests.support.clients import Script, make_client
from yc_runs import ConfigurationError, UnsupportedOperationError

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
def test_get_refuses_what_is_no_id(run_id: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        make_client(Script()).runs.get(run_id)


@pytest.mark.parametrize(("thread_id", "kind"), [*BAD_IDS, *NOT_IDS])
def test_get_last_by_thread_refuses_what_is_no_id(thread_id: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        make_client(Script()).runs.get_last_by_thread(thread_id)


@pytest.mark.parametrize(("wrong", "kind"), [*BAD_IDS, *NOT_IDS])
def test_create_refuses_what_is_no_id(wrong: Any, kind: type[Exception]) -> None:
    runs = make_client(Script()).runs
    with pytest.raises(kind, match="assistant"):
        runs.create(wrong, THREAD_ID)
    with pytest.raises(kind, match="thread"):
        runs.create(ASSISTANT_ID, wrong)


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
def test_create_refuses_wrong_values(arguments: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        make_client(Script()).runs.create(ASSISTANT_ID, THREAD_ID, **arguments)


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
def test_submit_refuses_wrong_shapes(results: Any, kind: type[Exception]) -> None:
    script = Script(ok(calling("f")))
    run = make_client(script).runs.get(RUN_ID)
    with pytest.raises(kind, match="tool result"):
        run.submit_tool_results(results)
    assert len(script.requests) == 1


@pytest.mark.parametrize(("index", "kind"), [(-1, ValueError), ("0", TypeError), (True, TypeError), (None, TypeError)])
def test_listen_refuses_what_is_no_index(index: Any, kind: type[Exception]) -> None:
    script = Script(ok(calling("f")))
    run = make_client(script).runs.get(RUN_ID)
    with pytest.raises(kind, match="events_start_idx"):
        _ = [event for event in run.listen(events_start_idx=index)]
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"poll_interval": 0}, ValueError),
        ({"poll_interval": -1}, ValueError),
        ({"poll_interval": float("nan")}, ValueError),
        ({"poll_timeout": -1}, ValueError),
        ({"poll_timeout": float("nan")}, ValueError),
        ({"poll_timeout": "5"}, TypeError),
        ({"timeout": -1}, ValueError),
    ],
)
def test_wait_refuses_wrong_times(arguments: dict[str, Any], kind: type[Exception]) -> None:
    script = Script(ok(calling("f")))
    run = make_client(script).runs.get(RUN_ID)
    with pytest.raises(kind):
        run.wait(**arguments)
    assert len(script.requests) == 1


@pytest.mark.parametrize(("size", "kind"), [(0, ValueError), (-1, ValueError), ("5", TypeError), (True, TypeError)])
def test_list_refuses_what_is_no_page_size(size: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="page_size"):
        _ = [run for run in make_client(Script()).runs.list(page_size=size)]


def test_list_needs_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YC_FOLDER_ID", raising=False)
    with pytest.raises(ConfigurationError, match="YC_FOLDER_ID"):
        _ = [run for run in make_client(Script(), folder_id=None).runs.list()]


def test_cancel_is_refused_with_the_reason_and_without_a_request() -> None:
    script = Script(ok(calling("f")))
    run = make_client(script).runs.get(RUN_ID)
    with pytest.raises(UnsupportedOperationError, match="the Assistants API has no call for it") as caught:
        run.cancel()
    assert RUN_ID in str(caught.value)
    assert isinstance(caught.value, NotImplementedError)
    assert len(script.requests) == 1
