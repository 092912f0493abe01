# Generated from tests/_async/test_threads.py by tools/generate_sync.py; do not edit.
"""Threads: what is sent for each call, what the object then says, and what a deleted one refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.answers import ok
from tests.support.clients import Script, make_client
from tests.support.replay_resources import FIXTURES, Replay
from yc_runs import (
    UNSET,
    ConfigurationError,
    DecodeError,
    ExpirationPolicy,
    FunctionTool,
    Message,
    Thread,
)

THREAD = {"id": "thread-01", "folderId": "folder-01", "updatedAt": "2026-02-03T04:05:06Z"}
WEATHER = FunctionTool(
    name="weather",
    description="Weather of a city.",
    parameters={"type": "object", "properties": {"city": {"type": "string"}}},
)


def a_thread(script: Script) -> Thread:
    return make_client(script).threads.get("thread-01")


def test_a_thread_lives_from_create_to_delete() -> None:
    replay = Replay(FIXTURES / "threads.json")
    client = make_client(replay, folder_id="folder-01")
    thread = client.threads.create(
        ["Is it warm?", {"role": "assistant", "text": "Where?"}],
        name="weather",
        description="talk",
        labels={"team": "a"},
        ttl_days=3,
        expiration_policy="static",
        tools=WEATHER,
    )
    assert (thread.id, thread.folder_id, thread.default_message_author_id) == ("thread-01", "folder-01", "author-01")
    assert (thread.name, thread.description, thread.labels) == ("weather", "talk", {"team": "a"})
    assert (thread.created_by, thread.updated_by, thread.tools) == ("user-01", "user-01", (WEATHER,))
    assert thread.expiration_config.expiration_policy is ExpirationPolicy.STATIC
    assert thread.expiration_config.ttl_days == 3
    assert thread.created_at is not None
    assert thread.expires_at is not None
    assert thread.expires_at > thread.created_at

    assert thread.update(name=None, labels={"team": "b"}, ttl_days=5) is thread
    assert (thread.name, thread.labels, thread.expiration_config.ttl_days) == (None, {"team": "b"}, 5)
    thread.update(description=None, labels={}, tools=())
    assert (thread.name, thread.description, thread.labels, thread.tools) == (None, None, None, ())
    again = client.threads.get("thread-01")
    assert (again.name, again.description, again.labels) == (None, None, None)

    assert [found.id for found in client.threads.list(page_size=2)] == ["thread-03", "thread-02", "thread-01"]
    thread.delete()
    assert replay.is_done


def test_create_sends_nothing_that_was_not_given() -> None:
    script = Script(ok(THREAD))
    make_client(script, folder_id="folder-01").threads.create(name="", labels={}, description=None)
    assert script.seen == ["POST /assistants/v1/threads"]
    assert script.body == {"folderId": "folder-01"}


@pytest.mark.parametrize(
    "messages", ["hello", {"text": "hello"}, ["hello"], iter(["hello"]), [SimpleNamespace(role="", text="hello")]]
)
def test_create_takes_one_message_or_several(messages: Any) -> None:
    script = Script(ok(THREAD))
    messages = ["hello"] if not isinstance(messages, (str, dict, list)) else messages
    make_client(script).threads.create(messages)
    assert script.body["messages"] == [{"content": {"content": [{"text": {"content": "hello"}}]}}]


@pytest.mark.parametrize(
    ("policy", "name"),
    [
        ("static", "STATIC"),
        ("Since_Last_Active", "SINCE_LAST_ACTIVE"),
        (1, "STATIC"),
        (2, "SINCE_LAST_ACTIVE"),
        (ExpirationPolicy.STATIC, "STATIC"),
    ],
)
def test_an_expiration_policy_has_several_spellings(policy: Any, name: str) -> None:
    script = Script(ok(THREAD))
    make_client(script).threads.create(ttl_days=1, expiration_policy=policy)
    assert script.body["expirationConfig"] == {"ttlDays": "1", "expirationPolicy": name}


@pytest.mark.parametrize(
    "arguments",
    [
        {"ttl_days": 3},
        {"expiration_policy": "static"},
        {"ttl_days": 0, "expiration_policy": "static"},
        {"ttl_days": 3, "expiration_policy": "for ever"},
        {"ttl_days": 3, "expiration_policy": 0},
        {"ttl_days": 3, "expiration_policy": 3},
    ],
)
def test_a_life_that_cannot_be_is_refused_before_anything_is_sent(arguments: dict[str, Any]) -> None:
    script = Script()
    with pytest.raises(ValueError, match=r"ttl_days|expiration_policy"):
        make_client(script).threads.create(**arguments)
    assert not script.requests


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": 1},
        {"description": b"x"},
        {"labels": {"a": 1}},
        {"ttl_days": "3", "expiration_policy": 1},
        {"ttl_days": 3, "expiration_policy": True},
        {"ttl_days": 3, "expiration_policy": 1.0},
        {"tools": "weather"},
        {"messages": 7},
        {"messages": {"role": "user"}},
    ],
)
def test_wrong_types_are_refused_before_anything_is_sent(arguments: dict[str, Any]) -> None:
    script = Script()
    with pytest.raises(TypeError):
        make_client(script).threads.create(**arguments)
    assert not script.requests


def test_a_client_without_a_folder_cannot_create_or_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YC_FOLDER_ID", raising=False)
    client = make_client(Script(), folder_id=None)
    with pytest.raises(ConfigurationError, match="create a thread: no folder"):
        client.threads.create()
    with pytest.raises(ConfigurationError, match="list the threads: no folder"):
        client.threads.list()


def test_an_update_of_nothing_sends_nothing() -> None:
    script = Script(ok(THREAD))
    thread = a_thread(script)
    assert thread.update(name=UNSET) is thread
    assert len(script.requests) == 1


def test_a_failed_update_leaves_the_object_as_it_was() -> None:
    script = Script(ok({**THREAD, "name": "before"}))
    thread = a_thread(script)
    with pytest.raises(ValueError, match="ttl_days"):
        thread.update(name="after", ttl_days=-1)
    assert thread.name == "before"


def test_an_answer_that_was_overtaken_does_not_bring_old_fields_back() -> None:
    older = {**THREAD, "name": "older", "updatedAt": "2026-02-03T04:05:05Z"}
    script = Script(ok({**THREAD, "name": "newer"}), ok(older))
    thread = a_thread(script)
    thread.update(name="older")
    assert thread.name == "newer"


def test_every_method_of_a_deleted_thread_names_it() -> None:
    script = Script(ok(THREAD), ok())
    thread = a_thread(script)
    thread.delete()
    with pytest.raises(ValueError, match="cannot update thread 'thread-01': it was deleted"):
        thread.update(name="x")
    with pytest.raises(ValueError, match="cannot delete thread 'thread-01': it was deleted"):
        thread.delete()
    with pytest.raises(ValueError, match="cannot write to thread 'thread-01': it was deleted"):
        thread.write("x")
    with pytest.raises(ValueError, match="cannot read thread 'thread-01': it was deleted"):
        thread.read()
    with pytest.raises(ValueError, match="cannot read thread 'thread-01': it was deleted"):
        iter(thread)
    assert len(script.requests) == 2


def test_a_thread_writes_and_reads_its_messages() -> None:
    replay = Replay(FIXTURES / "messages.json")
    client = make_client(lambda request: ok(THREAD) if "/threads/" in request.url.path else replay(request))
    thread = client.threads.get("thread-01")
    first = thread.write("One", labels={"mood": "calm"})
    thread.write({"role": "assistant", "text": "Two"})
    thread.write(first)
    assert isinstance(first, Message)
    assert client.messages.get(thread, "message-02").text == "Two"
    assert [message.id for message in thread] == ["message-03", "message-02", "message-01"]
    assert replay.is_done


def test_threads_are_equal_where_their_fields_are() -> None:
    script = Script(ok(THREAD), ok(THREAD), ok({**THREAD, "name": "x"}))
    client = make_client(script)
    one, same, other = [client.threads.get("thread-01") for _ in range(3)]
    assert one == same
    assert one != other
    assert hash(one) == hash(other)
    assert one != "thread-01"
    assert repr(other) == "Thread(id='thread-01', name='x')"


def test_a_page_is_read_when_it_is_reached() -> None:
    script = Script(ok({"threads": [THREAD, THREAD], "next_page_token": "more"}))
    threads = make_client(script).threads.list()
    assert not script.requests
    next(threads)
    next(threads)
    assert script.seen == ["GET /assistants/v1/threads?folderId=local-folder"]
    threads.close()


def test_a_list_that_goes_round_in_circles_is_an_error() -> None:
    page = {"threads": [THREAD], "nextPageToken": "again"}
    threads = make_client(Script(ok(page), ok(page))).threads.list()
    assert next(threads).id == "thread-01"
    with pytest.raises(DecodeError, match="list the threads of folder 'local-folder': page token 'again' came twice"):
        [thread for thread in threads]


def test_an_answer_without_an_id_is_no_thread() -> None:
    with pytest.raises(DecodeError, match="a thread without an id"):
        make_client(Script(ok({}))).threads.create()
