"""The recordings of threads, messages and assistants, replayed request by request where they lie beside the project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.clients import make_client
from tests.support.replay_resources import Replay
from yc_runs import Client, ExpirationPolicy
from yc_runs.testing import Framing

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings"
FRAMINGS: list[Framing] = ["sse", "result-lines", "lines", "array"]

Replayer = Callable[..., tuple[Client, Replay]]


@pytest.fixture
def replay() -> Replayer:
    """Open a recording: a client on it, in the folder it was made in."""

    def begin(name: str, framing: Framing = "result-lines") -> tuple[Client, Replay]:
        path = RECORDINGS / f"{name}.json"
        if not path.exists():
            pytest.skip("the shared recordings are not beside the project")
        recording = Replay(path, framing)
        bodies = [exchange["request"]["body"] for exchange in recording.exchanges]
        folder = next(body["folderId"] for body in bodies if body and "folderId" in body)
        return make_client(recording, folder_id=folder), recording

    return begin


def test_a_thread_is_created_renamed_and_deleted(replay: Replayer) -> None:
    client, recording = replay("thread")
    thread = client.threads.create()
    assert (thread.name, thread.description, thread.labels) == (None, None, None)
    for field, value in {"name": "name", "description": "description", "labels": {"foo": "bar"}}.items():
        changes: dict[str, Any] = {field: value}
        assert thread.update(**changes) is thread
        assert getattr(thread, field) == value
    assert thread.updated_at is not None
    assert thread.created_at is not None
    assert thread.updated_at > thread.created_at
    thread.delete()
    with pytest.raises(ValueError, match="deleted"):
        thread.delete()
    assert recording.is_done


@pytest.mark.parametrize("framing", FRAMINGS)
def test_what_is_written_is_read_newest_first(replay: Replayer, framing: Framing) -> None:
    client, recording = replay("thread_read_write", framing)
    thread = client.threads.create()
    numbers = [str(number) for number in range(10)]
    for number in numbers:
        assert thread.write(number).text == number
    messages = list(thread.read())
    assert [message.text for message in messages] == numbers[::-1]
    assert {(message.role, message.thread_id) for message in messages} == {("USER", thread.id)}
    thread.delete()
    assert recording.is_done


def test_a_message_is_written_with_labels(replay: Replayer) -> None:
    client, recording = replay("message")
    thread = client.threads.create()
    message = thread.write("foo", labels={"foo": "bar"})
    assert message.labels == {"foo": "bar"}
    assert (message.text, message.role, message.parts) == ("foo", "USER", ("foo",))
    assert message.author is not None
    assert message.author.id == thread.default_message_author_id
    thread.delete()
    assert recording.is_done


def test_the_life_of_an_assistant_is_set_and_changed(replay: Replayer) -> None:
    client, recording = replay("assistant_expiration")
    lasting = client.assistants.create("yandexgpt")
    assert lasting.expiration_config.ttl_days == 7
    assert lasting.expiration_config.expiration_policy is ExpirationPolicy.SINCE_LAST_ACTIVE
    static = client.assistants.create("yandexgpt", ttl_days=5, expiration_policy="static")
    assert static.expires_at is not None
    assert static.created_at is not None
    assert static.expires_at - static.created_at == timedelta(days=5)
    lasting.update(ttl_days=3)
    assert lasting.expiration_config.ttl_days == 3
    lasting.update(expiration_policy="static")
    assert lasting.expiration_config.expiration_policy is ExpirationPolicy.STATIC
    lasting.delete()
    static.delete()
    assert recording.is_done


def test_an_answer_in_a_given_form_is_had(replay: Replayer) -> None:
    client, recording = replay("structured_output_pydantic_model")
    requests = [exchange["request"] for exchange in recording.exchanges]
    schema = requests[2]["body"]["responseFormat"]["jsonSchema"]["schema"]
    thread = client.threads.create()
    thread.write(requests[1]["body"]["content"]["content"][0]["text"]["content"])
    assistant = client.assistants.create("yandexgpt", response_format={"json_schema": schema})
    assert assistant.response_format == {"json_schema": schema}
    run = assistant.run(thread)
    result = run.wait()
    assert (result.is_succeeded, result.text) == (True, '{"numbers": [5, 4, 1]}')
    assert run.get_result().usage == result.usage
    assert recording.is_done
