"""The faults of a gateway, in this dialect."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.gateway.responses.conftest import Responses, answer, decode, refused
from tests.support.answers import LEFT_UNREAD

pytestmark = [pytest.mark.anyio, LEFT_UNREAD]
STREAM = {"model": "echo", "input": "a b", "stream": True, "background": True}
RESUMED = "*/v1/responses/*?stream=true*"


@pytest.mark.parametrize("after", [0, 1, 4])
async def test_a_new_stream_is_cut(api: Responses, after: int) -> None:
    fault = api.gateway.faults.cut_stream(after_events=after, path="*/v1/responses")
    events = decode((await api.post(**STREAM)).content)
    assert len(events) == after
    assert [happened.fault for happened in api.gateway.faults.happened] == [fault]


async def test_a_resumed_stream_is_cut_and_polls_are_not(api: Responses) -> None:
    key = (await api.stream("echo", background=True))[0]["response"]["id"]
    api.gateway.faults.cut_stream(after_events=2, path=RESUMED)
    assert (await api.get(key))["status"] == "completed"
    assert [event["sequence_number"] for event in await api.replay(key, starting_after=3)] == [4, 5]
    assert api.gateway.faults.pending == ()


@pytest.mark.parametrize("after", [0, 3])
async def test_a_late_error_is_the_last_thing_in_a_stream(api: Responses, after: int) -> None:
    api.gateway.framing = "array"
    api.gateway.faults.cut_stream(after_events=after, path="*/v1/responses", how="late_error")
    *events, last = [block for block in (await api.post(**STREAM)).text.split("\n\n") if block]
    assert len(events) == after
    error = json.loads(last.removeprefix("data: "))["error"]
    assert (error["type"], error["message"]) == ("server_error", "upstream connect error: the backend was lost")


@pytest.mark.parametrize("how", ["reset", "truncated", "stall", "html"])
async def test_a_stream_breaks(api: Responses, how: Any) -> None:
    api.gateway.faults.cut_stream(after_bytes=40, path="*/v1/responses", how=how)
    if how == "html":
        assert "</html>" in (await api.post(**STREAM)).text
        return
    with pytest.raises(httpx.TransportError):
        await api.http.post("/responses", json=STREAM, timeout=0.05)


async def test_a_foreground_stream_that_is_cut_is_cancelled(api: Responses) -> None:
    api.gateway.pace = 3600.0
    api.gateway.faults.cut_stream(after_events=1, path="*/v1/responses")
    (created,) = decode((await api.post(**{**STREAM, "background": False})).content)
    assert (await api.get(created["response"]["id"]))["status"] == "cancelled"


@pytest.mark.parametrize(
    ("status", "kind"), [(429, "rate_limit_error"), (401, "authentication_error"), (503, "server_error")]
)
async def test_an_answer_without_a_body_is_an_error_of_this_dialect(api: Responses, status: int, kind: str) -> None:
    api.gateway.faults.answer(status, path="*/v1/*", retry_after=2)
    response = await api.post(model="echo", input="x")
    assert response.headers["retry-after"] == "2"
    assert refused(response, status)["type"] == kind
    assert answer(await api.post(model="echo", input="x"))["status"] == "completed"


async def test_an_answer_that_is_lost_was_carried_out(api: Responses) -> None:
    key = answer(await api.http.post("/conversations", json={}))["id"]
    api.gateway.faults.drop("answer", path="*/v1/responses")
    with pytest.raises(httpx.ReadError):
        await api.post(model="echo", input="x", conversation=key, background=True)
    assert [message.text for message in api.gateway.messages(key)] == ["x", "x"]


async def test_stalls_and_drips_go_on_in_the_end(api: Responses) -> None:
    api.gateway.faults.stall(0.001, path="*/v1/responses")
    api.gateway.faults.drip(0.0, path="*/v1/responses")
    for _ in range(2):
        assert len(decode((await api.post(**STREAM)).content)) > 5


@pytest.mark.parametrize(
    ("pattern", "query", "matches"),
    [
        ("*/responses/*?stream=true*", "stream=true&starting_after=3", True),
        ("*/responses/*?stream=true*", "", False),
        ("*/responses/*", "stream=true", True),
        ("*true*", "stream=true", False),
    ],
)
async def test_a_pattern_with_a_question_mark_is_for_the_query_too(
    api: Responses, pattern: str, query: str, matches: bool
) -> None:
    fault = api.gateway.faults.stall(path=pattern)
    assert (api.gateway.faults.take("GET", "/v1/responses/x", query) is fault) == matches
