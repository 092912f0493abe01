"""The requests that the assistants dialect makes for threads, messages and assistants, and what it reads of answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yc_runs._unset import UNSET
from yc_runs.models import (
    AssistantSettings,
    AutoPromptTruncationStrategy,
    ExpirationPolicy,
    LastMessagesPromptTruncationStrategy,
    MessageData,
    ThreadSettings,
)
from yc_runs.wire import Call, Dialect
from yc_runs.wire.assistants import AssistantsDialect
from yc_runs.wire.faults import LateFaultError

DIALECT: Dialect = AssistantsDialect()
CALLS: list[tuple[str, Any, Any]] = [
    ("GET /assistants/v1/threads/{thread_id}", DIALECT.get_thread, "thread"),
    ("DELETE /assistants/v1/threads/{thread_id}", DIALECT.delete_thread, "thread"),
    ("GET /assistants/v1/assistants/{assistant_id}", DIALECT.get_assistant, "assistant"),
    ("DELETE /assistants/v1/assistants/{assistant_id}", DIALECT.delete_assistant, "assistant"),
    ("GET /assistants/v1/messages/{message_id}", lambda key: DIALECT.get_message("t", key), "message"),
]


def body_of(call: Call[Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(call.request.body or b"{}")
    return body


@pytest.mark.parametrize(("name", "make", "kind"), CALLS)
@pytest.mark.parametrize("key", ["../x", "a/b?c", "a%2Fb", "x:listVersions", "пробег"])
def test_an_id_stays_one_segment_of_the_path(name: str, make: Any, kind: str, key: str) -> None:
    request = make(key).request
    assert f"{request.method} {request.name}" == name
    path = request.target.partition("?")[0]
    assert path.count("/") == 4
    assert ":" not in path
    assert repr(key) in request.subject


@pytest.mark.parametrize(("name", "make", "kind"), CALLS)
@pytest.mark.parametrize("key", ["", ".", "..", "a\nb"])
def test_what_cannot_be_an_id_is_refused(name: str, make: Any, kind: str, key: str) -> None:
    with pytest.raises(ValueError, match=f"{kind} id"):
        make(key)


def test_what_was_not_given_is_not_sent() -> None:
    assert body_of(DIALECT.create_thread("f", ThreadSettings(), [])) == {"folderId": "f"}
    nothing = AssistantSettings(name=None, labels={}, tools=(), instruction="", temperature=None)
    assert body_of(DIALECT.create_assistant("f", nothing)) == {"folderId": "f", "promptTruncationOptions": {}}


def test_nought_is_not_nothing() -> None:
    settings = AssistantSettings(temperature=0.0, max_tokens=0, max_prompt_tokens=0)
    assert body_of(DIALECT.create_assistant("f", settings)) == {
        "folderId": "f",
        "completionOptions": {"temperature": 0.0, "maxTokens": "0"},
        "promptTruncationOptions": {"maxPromptTokens": "0"},
    }


def test_a_mask_names_what_the_body_leaves_out() -> None:
    changes = ThreadSettings(name=None, labels={}, expiration_policy=ExpirationPolicy.STATIC)
    assert body_of(DIALECT.update_thread("t", changes)) == {
        "updateMask": "name,labels,expirationConfig.expirationPolicy",
        "expirationConfig": {"expirationPolicy": "STATIC"},
    }


@pytest.mark.parametrize(
    ("strategy", "mask", "options"),
    [
        (AutoPromptTruncationStrategy(), ["autoStrategy"], {"autoStrategy": {}}),
        (
            LastMessagesPromptTruncationStrategy(num_messages=2),
            ["lastMessagesStrategy"],
            {"lastMessagesStrategy": {"numMessages": "2"}},
        ),
        (None, ["autoStrategy", "lastMessagesStrategy"], {}),
    ],
)
def test_a_strategy_has_a_path_of_its_own(strategy: Any, mask: list[str], options: dict[str, Any]) -> None:
    body = body_of(DIALECT.update_assistant("a", AssistantSettings(prompt_truncation_strategy=strategy)))
    assert body == {
        "updateMask": ",".join(f"promptTruncationOptions.{path}" for path in mask),
        "promptTruncationOptions": options,
    }


@given(
    name=st.none() | st.text(),
    labels=st.none() | st.dictionaries(st.text(), st.text()),
    ttl_days=st.none() | st.integers(1, 2**63 - 1),
)
def test_every_change_can_be_told_from_mask_and_body(name: str | None, labels: Any, ttl_days: int | None) -> None:
    body = body_of(DIALECT.update_thread("t", ThreadSettings(name=name, labels=labels, ttl_days=ttl_days)))
    assert body.pop("updateMask") == "name,labels,expirationConfig.ttlDays"
    assert body.pop("name", "") == (name or "")
    assert body.pop("labels", {}) == (labels or {})
    assert body == ({"expirationConfig": {"ttlDays": str(ttl_days)}} if ttl_days else {})


def test_first_messages_go_with_a_thread() -> None:
    assert body_of(DIALECT.create_thread("f", ThreadSettings(), [MessageData(labels={"a": "b"})])) == {
        "folderId": "f",
        "messages": [{"labels": {"a": "b"}}],
    }


@pytest.mark.parametrize("spelling", [("threads", "nextPageToken"), ("threads", "next_page_token")])
def test_a_page_is_read_in_both_spellings(spelling: tuple[str, str]) -> None:
    call = DIALECT.list_threads("f", page_size=3, page_token="a&b")
    assert call.request.target == "/assistants/v1/threads?folderId=f&pageSize=3&pageToken=a%26b"
    page = call.decode(json.dumps({spelling[0]: [{"id": "t"}], spelling[1]: "more"}).encode())
    assert ([thread.id for thread in page.items], page.next_token) == (["t"], "more")
    assert call.decode(b"{}").items == ()


@pytest.mark.parametrize(
    "mask", ['"name,expirationConfig.ttlDays"', '{"paths": ["name", "expiration_config.ttl_days"]}']
)
def test_the_mask_of_a_version_is_read_as_paths(mask: str) -> None:
    call = DIALECT.list_assistant_versions("a", page_size=None, page_token="")
    assert call.request.target == "/assistants/v1/assistants:listVersions?assistantId=a"
    (version,) = call.decode(f'{{"versions": [{{"id": "v", "update_mask": {mask}}}]}}'.encode()).items
    assert version.update_mask == ("name", "expiration_config.ttl_days")


@pytest.mark.parametrize("mask", ['""', "null", "[]"])
def test_a_version_may_have_no_mask(mask: str) -> None:
    call = DIALECT.list_assistant_versions("a", page_size=None, page_token="")
    (version,) = call.decode(f'{{"versions": [{{"updateMask": {mask}}}]}}'.encode()).items
    assert version.update_mask == ()


def test_listed_messages_are_read_wrapped_and_bare() -> None:
    decode = DIALECT.list_messages("t").decode
    assert decode(b'{"result": {"id": "m"}}').id == decode(b'{"id": "m"}').id == "m"
    with pytest.raises(LateFaultError, match="gone"):
        decode(b'{"error": {"code": 5, "message": "gone"}}')
    with pytest.raises(ValueError, match="a message without an id"):
        decode(b"{}")


def test_settings_tell_what_was_given() -> None:
    assert ThreadSettings().given() == {}
    assert ThreadSettings(name=None, labels=UNSET).given() == {"name": None}
    assert repr(UNSET) == "UNSET"
    assert not UNSET
