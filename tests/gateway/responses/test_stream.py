"""Streams of events: what they tell, when, and how they are taken up again."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest

from tests.gateway.responses.conftest import Clock, Responses, answer, calls_of, decode, outputs, refused
from tests.support.patience import HANGING
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, Partial, ToolCalls

pytestmark = pytest.mark.anyio

TEXT_BEGINS = ["response.output_item.added", "response.content_part.added"]
TEXT_ENDS = ["response.output_text.done", "response.content_part.done", "response.output_item.done"]
CALL = [
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
]


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def deltas(events: list[dict[str, Any]]) -> list[str]:
    return [event["delta"] for event in events if event["type"] == "response.output_text.delta"]


async def test_a_stream_tells_the_text_piece_by_piece(api: Responses) -> None:
    events = await api.stream("echo", "one two")
    assert kinds(events) == [
        "response.created",
        "response.in_progress",
        *TEXT_BEGINS,
        "response.output_text.delta",
        "response.output_text.delta",
        *TEXT_ENDS,
        "response.completed",
    ]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert deltas(events) == ["one", " two"]
    assert events[0]["response"]["status"] == events[1]["response"]["status"] == "in_progress"
    assert events[0]["response"]["output"] == []
    whole = events[-1]["response"]
    assert await api.get(whole["id"]) == whole
    assert whole["output"] == [events[-2]["item"]]


async def test_calls_follow_the_text_before_them(api: Responses) -> None:
    events = await api.stream("weather", background=True)
    assert kinds(events) == [
        "response.created",
        "response.queued",
        "response.in_progress",
        *TEXT_BEGINS,
        "response.output_text.delta",
        "response.output_text.delta",
        *TEXT_ENDS,
        *CALL,
        *CALL,
        "response.completed",
    ]
    assert [event["output_index"] for event in events if event["type"] == "response.output_item.done"] == [0, 1, 2]
    whole = events[-1]["response"]
    given = outputs(whole, "snow", "rain")
    second = await api.stream("weather", given, previous_response_id=whole["id"])
    assert kinds(second) == ["response.created", "response.in_progress", *CALL, "response.completed"]
    assert calls_of(second[-1]["response"])[0]["name"] == "time"


async def test_a_text_that_is_written_anew_is_told_at_the_end(api: Responses) -> None:
    def changing(messages: Any, tools: Any) -> Any:
        yield from map(Partial, ["He", "She", "Hello", "", "Hello", "Hello you"])
        yield Final("Bye")

    api.gateway.add_script("changing", changing)
    events = await api.stream("changing")
    assert deltas(events) == ["He", "llo", " you"]
    assert [event["text"] for event in events if event["type"] == "response.output_text.done"] == ["Bye"]


@pytest.mark.parametrize(
    ("script", "last"),
    [("failing", "response.failed"), ("cut", "response.incomplete"), ("filtered", "response.incomplete")],
)
async def test_a_stream_ends_as_its_response_does(api: Responses, script: str, last: str) -> None:
    events = await api.stream(script)
    assert kinds(events)[-1] == last
    assert await api.get(events[0]["response"]["id"]) == events[-1]["response"]


async def test_annotations_are_told_before_the_end_of_the_text(api: Responses) -> None:
    final = Final("x", citations=[{"sources": [{"chunk": {"sourceFile": {"id": "f", "name": "n"}}}]}])
    api.gateway.add_script("cited", lambda messages, tools: final)
    events = await api.stream("cited")
    (told,) = [event for event in events if event["type"] == "response.output_text.annotation.added"]
    assert told["annotation"] == {"type": "file_citation", "file_id": "f", "filename": "n", "index": 1}
    assert events[-1]["response"]["output"][0]["content"][0]["annotations"] == [told["annotation"]]


async def test_a_stream_is_taken_up_after_any_event(api: Responses) -> None:
    events = await api.stream("weather", background=True)
    key = events[0]["response"]["id"]
    assert await api.replay(key) == events
    for number in range(len(events) + 1):
        assert await api.replay(key, starting_after=number) == events[number + 1 :]


@pytest.mark.parametrize("fields", [{}, {"background": True}])
async def test_only_a_background_stream_is_taken_up(api: Responses, fields: Any) -> None:
    plain = (await api.create("echo", **fields))["id"]
    assert refused(await api.http.get(f"/responses/{plain}?stream=true"))["param"] == "stream"


async def test_a_foreground_stream_is_not_taken_up(api: Responses) -> None:
    key = (await api.stream("echo"))[0]["response"]["id"]
    refused(await api.http.get(f"/responses/{key}?stream=true"))
    assert (await api.get(key, stream="false"))["status"] == "completed"


@pytest.mark.parametrize("query", ["stream=yes", "stream=true&starting_after=-1", "stream=true&starting_after=x"])
async def test_a_query_that_makes_no_sense_is_refused(api: Responses, query: str) -> None:
    key = (await api.stream("echo", background=True))[0]["response"]["id"]
    refused(await api.http.get(f"/responses/{key}?{query}"))


async def test_each_event_is_sent_the_moment_it_is_there(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    body = {"model": "echo", "input": "a b", "stream": True, "background": True}
    async with api.http.stream("POST", "/responses", json=body) as response:
        pieces = response.aiter_raw()
        assert kinds([decode(await anext(pieces))[0] for _ in range(2)]) == ["response.created", "response.queued"]
        with pytest.raises(TimeoutError):
            with anyio.fail_after(0.01):
                await anext(pieces)


async def test_a_resumed_stream_follows_what_is_still_to_come(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    body = {"model": "echo", "input": "a b", "stream": True, "background": True}
    async with api.http.stream("POST", "/responses", json=body) as response:
        first = decode(await anext(response.aiter_raw()))[0]
    key, found = first["response"]["id"], []

    async def replay() -> None:
        found.extend(await api.replay(key, starting_after=0))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(replay)
        for _ in range(4):
            await anyio.wait_all_tasks_blocked()
            clock.now += 1
            api.gateway.wake()
    assert kinds(found)[0] == "response.queued"
    assert kinds(found)[-1] == "response.completed"


async def test_cancelling_ends_a_stream_without_a_last_event(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    body = {"model": "echo", "input": "a b", "stream": True, "background": True}
    async with api.http.stream("POST", "/responses", json=body) as response:
        key = decode(await anext(response.aiter_raw()))[0]["response"]["id"]
    found: list[Any] = []

    async def replay() -> None:
        found.extend(await api.replay(key))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(replay)
        await anyio.wait_all_tasks_blocked()
        answer(await api.http.post(f"/responses/{key}/cancel"))
    assert kinds(found) == ["response.created", "response.queued"]


async def test_a_foreground_stream_that_is_left_is_cancelled(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    body = {"model": "echo", "input": "a b", "stream": True}
    async with api.http.stream("POST", "/responses", json=body) as response:
        key = decode(await anext(response.aiter_raw()))[0]["response"]["id"]
    assert (await api.get(key))["status"] == "cancelled"


async def test_latency_delays_each_event(api: Responses) -> None:
    api.gateway.latency = 3600.0
    with pytest.raises(httpx.ReadTimeout):
        await api.http.post("/responses", json={"model": "echo", "input": "x", "stream": True}, timeout=0.01)


def test_over_a_socket_a_stream_comes_piece_by_piece_and_a_left_wait_is_a_cancel() -> None:
    def script(messages: Any, tools: Any) -> Any:
        (result,) = yield ToolCalls([FunctionCall("f")])
        yield Partial("It is")
        yield Fail(result.content)

    gateway = LocalGateway(scripts={"own": script})
    with gateway.serve() as url, httpx.Client(base_url=f"{url}/v1", trust_env=False, timeout=HANGING) as http:
        first = answer(http.post("/responses", json={"model": "own", "input": "x"}))
        body = {"model": "own", "input": outputs(first, "ok"), "previous_response_id": first["id"], "stream": True}
        with http.stream("POST", "/responses", json=body) as response:
            events = decode(b"".join(response.iter_raw()))
        assert deltas(events) == ["It is"]
        assert events[-1]["response"]["error"]["message"] == "ok"
        gateway.pace = 3600.0
        waiting = {"model": "echo", "input": "x"}
        with pytest.raises(httpx.ReadTimeout):
            http.post("/responses", json=waiting, timeout=0.05)
        gateway.pace = 0.0
        assert answer(http.post("/responses", json=waiting))["status"] == "completed"
