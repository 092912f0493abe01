"""Messages: written, found, and read from a stream that may break."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from tests.support.answers import events_answer, message_json, ok, refusal
from tests.support.clients import Script, make_async_client
from tests.support.replay_resources import FIXTURES, Replay
from yc_runs import (
    APIError,
    ConnectionLostError,
    DecodeError,
    NotFoundError,
    RetryPolicy,
)
from yc_runs.testing import Framing
from yc_runs.testing._framing import FRAMINGS

pytestmark = pytest.mark.anyio

LOST = httpx.ReadError("the connection was lost")


def numbered(*numbers: int) -> list[dict[str, Any]]:
    return [message_json(str(number), id=f"message-{number}") for number in numbers]


async def texts(script: Script, **settings: Any) -> list[str]:
    messages = make_async_client(script, **settings).messages.list("thread-01")
    return [message.text async for message in messages]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_messages_are_written_found_and_read(framing: Framing) -> None:
    replay = Replay(FIXTURES / "messages.json", framing)
    messages = make_async_client(replay).messages
    first = await messages.create("One", thread_id="thread-01", labels={"mood": "calm"})
    assert (first.text, first.role, first.labels, first.thread_id) == ("One", "USER", {"mood": "calm"}, "thread-01")
    await messages.create({"text": "Two", "role": "assistant"}, thread_id=SimpleNamespace(id="thread-01"))
    await messages.create(first, thread_id="thread-01")
    assert (await messages.get(thread_id="thread-01", message_id="message-02")).role == "ASSISTANT"
    assert [message.text async for message in messages.list(thread_id="thread-01")] == ["One", "Two\u2028lines", "One"]
    assert replay.is_done


@pytest.mark.parametrize("message", [7, None, {"role": "user"}, {"text": "x", "content": "y"}, {"text": 1}])
async def test_what_is_no_message_is_refused_before_anything_is_sent(message: Any) -> None:
    script = Script()
    with pytest.raises(TypeError, match="message"):
        await make_async_client(script).messages.create(message, thread_id="thread-01")
    assert not script.requests


async def test_ids_are_escaped_so_that_they_reach_no_other_endpoint() -> None:
    script = Script(ok(message_json()))
    await make_async_client(script).messages.get("a&b", "../x?y")
    assert script.seen == ["GET /assistants/v1/messages/..%2Fx%3Fy?threadId=a%26b"]


async def test_a_lost_write_is_not_repeated() -> None:
    script = Script(LOST)
    with pytest.raises(ConnectionLostError) as caught:
        await make_async_client(script).messages.create("x", thread_id="thread-01")
    assert caught.value.maybe_applied
    assert "write a message to thread 'thread-01'" in str(caught.value)


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_message_comes_out_before_the_next_is_in(framing: Framing) -> None:
    came: list[str] = []
    newest, oldest = numbered(2, 1)
    answer = events_answer(newest, lambda: came.append("the rest"), oldest, framing=framing)
    messages = make_async_client(Script(answer)).messages.list("thread-01")
    assert (await anext(messages)).text == "2"
    assert came == []
    assert [message.text async for message in messages] == ["1"]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_an_empty_thread_has_no_messages(framing: Framing) -> None:
    assert await texts(Script(events_answer(framing=framing))) == []


async def test_nothing_is_sent_before_the_first_message_is_asked_for() -> None:
    script = Script()
    messages = make_async_client(script).messages.list("thread-01")
    assert not script.requests
    await messages.aclose()


# httpx leaves the generators within its own to the event loop, and trio says so.
@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
async def test_leaving_the_list_closes_the_stream() -> None:
    answer = events_answer(*numbered(2, 1))
    body: Any = answer.stream
    messages = make_async_client(Script(answer)).messages.list("thread-01")
    await anext(messages)
    await messages.aclose()
    assert body.is_closed


async def test_a_broken_list_begins_anew_and_gives_nothing_twice() -> None:
    script = Script(events_answer(*numbered(3, 2), LOST), events_answer(*numbered(3, 2, 1)))
    assert await texts(script) == ["3", "2", "1"]
    assert script.is_done


async def test_what_was_written_meanwhile_does_not_come_out_of_order() -> None:
    script = Script(events_answer(*numbered(3, 2), LOST), events_answer(*numbered(5, 4, 3, 2, 1)))
    assert await texts(script) == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("content_type", "beginning"),
    [
        ("application/json", b'{"id": "message-3"}\n{"id": "mess'),
        ("application/json", b'[{"id": "message-3"}\n,'),
        ("application/json", b'[{"id": "message-3"}'),
        ("text/event-stream", b'data: {"id": "message-3"}\n\ndata: {"id": "message-2"}\n'),
    ],
)
async def test_a_body_that_ends_in_the_middle_of_something_was_cut(content_type: str, beginning: bytes) -> None:
    cut = httpx.Response(200, headers={"content-type": content_type}, content=beginning)
    assert await texts(Script(cut, events_answer(*numbered(3, 2)))) == ["", "2"]


@pytest.mark.parametrize("end", [b"", b"\n", b": and a comment\n"])
async def test_an_event_stream_may_end_in_a_comment(end: bytes) -> None:
    assert await texts(Script(events_answer(*numbered(3, 2), end))) == ["3", "2"]


async def test_a_body_that_ends_between_two_messages_is_whole() -> None:
    assert await texts(Script(events_answer(*numbered(3, 2), framing="lines"))) == ["3", "2"]


async def test_a_list_that_cannot_be_had_is_asked_for_again_as_the_policy_says() -> None:
    script = Script(refusal(503), httpx.ConnectError("no route"), events_answer(*numbered(1)))
    assert await texts(script) == ["1"]


async def test_what_breaks_the_last_attempt_is_raised() -> None:
    script = Script(events_answer(*numbered(2), LOST), events_answer(*numbered(2), LOST))
    messages = make_async_client(script, retry=RetryPolicy(attempts=2)).messages.list("thread-01")
    assert (await anext(messages)).text == "2"
    with pytest.raises(ConnectionLostError, match="read the messages of thread 'thread-01'"):
        await anext(messages)
    assert script.is_done


async def test_a_list_that_is_not_the_same_any_more_is_not_gone_on_with() -> None:
    script = Script(events_answer(*numbered(3, 2), LOST), events_answer(*numbered(9, 8)))
    messages = make_async_client(script).messages.list("thread-01")
    assert [(await anext(messages)).text for _ in range(2)] == ["3", "2"]
    with pytest.raises(ConnectionLostError):
        await anext(messages)


async def test_what_will_not_pass_is_raised_at_once() -> None:
    with pytest.raises(NotFoundError):
        await texts(Script(refusal(404, {"code": 5, "message": "no such thread"})))


async def test_a_late_failure_is_an_error_of_its_own_kind() -> None:
    fault = {"error": {"code": 7, "message": "not yours", "http_code": 403}}
    with pytest.raises(APIError, match="not yours"):
        await texts(Script(events_answer(*numbered(1), fault, framing="lines")))


@pytest.mark.parametrize("document", [{"id": ""}, {"id": "m", "content": 7}])
async def test_what_is_no_message_in_the_stream_is_a_decode_error(document: dict[str, Any]) -> None:
    with pytest.raises(DecodeError):
        await texts(Script(events_answer(document)))


async def test_a_list_is_not_begun_anew_where_there_is_no_time_for_it() -> None:
    client = make_async_client(Script(events_answer(*numbered(2), LOST)))
    messages = client.messages.list("thread-01", timeout=0.01)
    assert (await anext(messages)).text == "2"
    with pytest.raises(ConnectionLostError):
        await anext(messages)
