"""Threads, messages and assistants: every request byte for byte, and what each answer means."""

from __future__ import annotations

from typing import Any

import pytest

from yc_runs.models import AssistantSettings, ContentPart, MessageContent, MessageData, Text, ThreadSettings
from yc_runs.wire.assistants import AssistantsDialect
from yc_runs.wire.faults import LateFaultError

DIALECT = AssistantsDialect()
BASE = "/assistants/v1"
MESSAGE = MessageData(content=MessageContent(content=(ContentPart(text=Text(content="hi")),)))
PAGE: dict[str, Any] = {"page_size": 5, "page_token": "x&y"}


@pytest.mark.parametrize(
    ("call", "method", "target", "body"),
    [
        (DIALECT.create_thread("f", ThreadSettings(), []), "POST", "/threads", b'{"folderId":"f"}'),
        (
            DIALECT.create_thread("f", ThreadSettings(), [MESSAGE]),
            "POST",
            "/threads",
            b'{"folderId":"f","messages":[{"content":{"content":[{"text":{"content":"hi"}}]}}]}',
        ),
        (DIALECT.get_thread("../x"), "GET", "/threads/..%2Fx", None),
        (DIALECT.delete_thread("a/b?c"), "DELETE", "/threads/a%2Fb%3Fc", None),
        (DIALECT.list_threads("f", **PAGE), "GET", "/threads?folderId=f&pageSize=5&pageToken=x%26y", None),
        (
            DIALECT.create_message("t", MESSAGE),
            "POST",
            "/messages",
            b'{"threadId":"t","content":{"content":[{"text":{"content":"hi"}}]}}',
        ),
        (DIALECT.get_message("t&u", "m/n"), "GET", "/messages/m%2Fn?threadId=t%26u", None),
        (DIALECT.list_messages("t#"), "GET", "/messages?threadId=t%23", None),
        (
            DIALECT.create_assistant("f", AssistantSettings()),
            "POST",
            "/assistants",
            b'{"folderId":"f","promptTruncationOptions":{}}',
        ),
        (DIALECT.get_assistant("a"), "GET", "/assistants/a", None),
        (DIALECT.delete_assistant("." * 3), "DELETE", "/assistants/...", None),
        (DIALECT.list_assistants("f", **PAGE), "GET", "/assistants?folderId=f&pageSize=5&pageToken=x%26y", None),
        (
            DIALECT.list_assistant_versions("a b", **PAGE),
            "GET",
            "/assistants:listVersions?assistantId=a%20b&pageSize=5&pageToken=x%26y",
            None,
        ),
    ],
)
def test_each_call_is_sent_byte_for_byte(call: Any, method: str, target: str, body: bytes | None) -> None:
    assert (call.request.method, call.request.target, call.request.body) == (method, BASE + target, body)
    assert call.request.is_write is (method != "GET")


@pytest.mark.parametrize("bad", ["", ".", "..", "a\nb", "\ud800"])
@pytest.mark.parametrize(
    "call",
    [
        DIALECT.get_thread,
        DIALECT.delete_thread,
        DIALECT.get_assistant,
        DIALECT.delete_assistant,
        DIALECT.list_messages,
        lambda bad: DIALECT.get_message(bad, "m"),
        lambda bad: DIALECT.get_message("t", bad),
        lambda bad: DIALECT.create_message(bad, MESSAGE),
        lambda bad: DIALECT.create_thread(bad, ThreadSettings(), []),
        lambda bad: DIALECT.update_thread(bad, ThreadSettings()),
        lambda bad: DIALECT.update_assistant(bad, AssistantSettings()),
        lambda bad: DIALECT.list_assistant_versions(bad, page_size=None, page_token=""),
        lambda bad: DIALECT.list_assistants(bad, page_size=None, page_token=""),
    ],
)
def test_what_cannot_be_an_id_is_refused_by_every_call(call: Any, bad: str) -> None:
    with pytest.raises(ValueError, match="cannot be an id"):
        call(bad)


def test_pages_and_objects_are_read() -> None:
    assert DIALECT.get_thread("t").decode(b'{"id":"t","folder_id":"f"}').folder_id == "f"
    page = DIALECT.list_threads("f", **PAGE).decode(b'{"threads":[{"id":"t"}],"next_page_token":"n"}')
    assert ([thread.id for thread in page.items], page.next_token) == (["t"], "n")
    assert DIALECT.list_assistants("f", **PAGE).decode(b"{}").items == ()
    assert DIALECT.delete_thread("t").decode(b"{}") is None


@pytest.mark.parametrize(
    "decode",
    [
        DIALECT.get_thread("t").decode,
        DIALECT.get_assistant("a").decode,
        DIALECT.get_message("t", "m").decode,
        DIALECT.list_messages("t").decode,
    ],
)
def test_an_answer_without_an_id_is_refused(decode: Any) -> None:
    with pytest.raises(ValueError, match="without an id"):
        decode(b"{}")


def test_a_listed_message_is_read_bare_or_wrapped_and_a_late_failure_told() -> None:
    decode = DIALECT.list_messages("t").decode
    assert decode(b'{"id":"m"}').id == decode(b'{"result":{"id":"m"}}').id == "m"
    with pytest.raises(LateFaultError):
        decode(b'{"error":{"grpcCode":13,"message":"m"}}')
