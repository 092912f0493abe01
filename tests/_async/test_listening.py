"""``listen`` on scripted streams: what comes out, when, and what happens where a stream breaks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import httpx
import pytest

from tests.support.answers import (
    CONTENT_TYPES,
    LEFT_UNREAD,
    RUN_ID,
    calls_event,
    completed,
    cursor,
    done_event,
    error_event,
    events_answer,
    framed,
    ok,
    partial_event,
    refusal,
    run_json,
    streamed,
    text_json,
)
from tests.support.clients import Script, make_async_client
from tests.support.clocks import AsyncFakeClock
from yc_runs import (
    AsyncRun,
    DecodeError,
    NotFoundError,
    RateLimitError,
    RequestTimeoutError,
    RetryPolicy,
    RunStreamEvent,
    StreamEvent,
    StreamInterruptedError,
)
from yc_runs.testing import Framing
from yc_runs.testing._framing import FRAMINGS

pytestmark = [pytest.mark.anyio, LEFT_UNREAD]

TEXTS = ["Once", "Once upon", "Once upon a time"]
STORY = [*[partial_event(index, text) for index, text in enumerate(TEXTS)], done_event(3, TEXTS[-1])]


async def a_run(script: Script, **settings: Any) -> AsyncRun:
    """A run that was had from an answer of its own, which ``script`` does not count."""
    answers = iter([ok(run_json())])
    client = make_async_client(lambda request: next(answers, None) or script(request), **settings)
    return await client.runs.get(RUN_ID)


async def heard(script: Script, **settings: Any) -> list[tuple[int, str | None]]:
    """Index and text of all events of a listen from 0."""
    run = await a_run(script, **settings)
    return [(event.index, event.text) async for event in run.listen(timeout=None)]


async def collect(listen: AsyncIterator[RunStreamEvent], events: list[RunStreamEvent]) -> None:
    """Put what comes into ``events``, where it stays if the listen fails."""
    async for event in listen:
        events += [event]


WHOLE = [*enumerate(TEXTS), (3, TEXTS[-1])]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_each_framing_brings_every_event(framing: Framing) -> None:
    script = Script(events_answer(*STORY, framing=framing))
    assert await heard(script) == WHOLE
    assert script.seen == [f"GET /assistants/v1/runs/listen?runId={RUN_ID}&eventsStartIdx=0"]


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_an_event_comes_out_when_its_own_bytes_are_in(framing: Framing) -> None:
    sent: list[int] = []
    pieces = [piece for index, event in enumerate(STORY) for piece in ((lambda i=index: sent.append(i)), event)]
    run = await a_run(Script(events_answer(*pieces, framing=framing)))
    async for event in run:
        assert sent == list(range(event.index + 1))
    assert sent == [0, 1, 2, 3]


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("size", [1, 7])
async def test_bytes_may_be_cut_anywhere(framing: Framing, size: int) -> None:
    text = 'é\u2028\x85\U0001f600 "}{][,\\ \r\n data:\x0b'
    whole = b"".join(framed([partial_event(0, text), done_event(1, text)], framing))
    pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert await heard(Script(events_answer(*pieces, framing=framing))) == [(0, text), (1, text)]


async def test_every_kind_of_event_reads_as_the_official_sdk_has_it() -> None:
    script = Script(events_answer(partial_event(0, "a"), calls_event(1, "f", "g"), error_event(2, "no")))
    run = await a_run(script)
    partial, calls, error = [event async for event in run]
    assert partial.status is StreamEvent.PARTIAL_MESSAGE
    assert (partial.text, partial.parts, partial.tool_calls, partial.error) == ("a", ("a",), None, None)
    assert calls.status is StreamEvent.TOOL_CALLS
    assert [call.function.name for call in calls.tool_calls or () if call.function] == ["f", "g"]
    assert (calls.text, calls.message) == (None, None)
    assert (error.status, error.error, error.error_code) == (StreamEvent.ERROR, "no", 0)
    with pytest.raises(ValueError, match="no"):
        _ = error.text


@pytest.mark.parametrize("last", [done_event(0), error_event(0, "no")])
async def test_the_listen_ends_with_the_last_event_although_more_is_there(last: dict[str, Any]) -> None:
    run = await a_run(Script(events_answer(last, partial_event(1, "more"))))
    assert [event.index async for event in run] == [0]


async def test_a_listen_goes_on_after_tool_calls() -> None:
    script = Script(events_answer(calls_event(0, "f"), partial_event(1, "now"), done_event(2)))
    assert [index for index, _ in await heard(script)] == [0, 1, 2]


@pytest.mark.parametrize(
    "event",
    [
        {"eventType": "THINKING", "streamCursor": {"currentEventIdx": "1"}, "thought": {"text": "hm"}},
        {"eventType": 99, "streamCursor": {"currentEventIdx": 1}},
        {"event_type": "THINKING", "stream_cursor": {"current_event_idx": "1", "other": [1]}, "x": None},
    ],
)
async def test_an_event_of_an_unknown_kind_is_passed_on(event: dict[str, Any]) -> None:
    run = await a_run(Script(events_answer(partial_event(0, "a"), event, done_event(2))))
    events = [event async for event in run]
    assert [event.index for event in events] == [0, 1, 2]
    assert events[1].status.name == "UNKNOWN"
    assert (events[1].text, events[1].tool_calls, events[1].is_finished) == (None, None, False)


async def test_snake_case_and_camel_case_may_be_mixed() -> None:
    event = {
        "event_type": "PARTIAL_MESSAGE",
        "streamCursor": {"current_event_idx": 0},
        "partial_message": text_json("a"),
    }
    assert await heard(Script(events_answer(event, done_event(1, "b")))) == [(0, "a"), (1, "b")]


async def test_heartbeats_comments_and_blank_lines_are_no_events() -> None:
    noise = [b": ping\n\n", b"\n", b"event: ping\n\n", b"id: 7\n\n: still here\n\n", b"retry: 5\n\n"]
    pieces = [piece for event in STORY for piece in (*noise, event)]
    assert await heard(Script(events_answer(*pieces))) == WHOLE


async def test_listening_from_an_index_delivers_from_there() -> None:
    script = Script(events_answer(*STORY[2:]))
    run = await a_run(script)
    assert [event.index async for event in run.listen(events_start_idx=2)] == [2, 3]
    assert script.seen == [f"GET /assistants/v1/runs/listen?runId={RUN_ID}&eventsStartIdx=2"]


@pytest.mark.parametrize("broken", [httpx.ReadError("reset"), httpx.RemoteProtocolError("chunk"), b"<html>", None])
@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_stream_that_breaks_is_taken_up_where_it_broke(framing: Framing, broken: Any) -> None:
    if framing == "sse" and broken == b"<html>":
        pytest.skip("in an event stream, a line without a colon means nothing")
    first = [*STORY[:2], *([] if broken is None else [broken])]
    body = framed(first, framing)
    if framing == "array" and broken is None:
        body = framed([next(iter(framed(STORY[:1], framing))), *[b",", *_bare(STORY[1])]], "lines")
    head = streamed(body, CONTENT_TYPES.get(framing, "application/json"))
    asked = [ok(run_json("IN_PROGRESS"))] if broken is None else []
    script = Script(head, *asked, events_answer(*STORY[2:], framing=framing))
    clock = AsyncFakeClock()
    assert await heard(script, clock=clock) == WHOLE
    assert script.seen[-1].endswith("eventsStartIdx=2")
    assert len(clock.slept) == 1


def _bare(event: dict[str, Any]) -> list[bytes]:
    return list(framed([event], "lines"))


async def test_events_that_come_again_are_dropped() -> None:
    script = Script(events_answer(*STORY[:3], httpx.ReadError("reset")), events_answer(*STORY))
    assert await heard(script) == WHOLE


async def test_a_gap_is_listened_to_again_and_never_passed_over() -> None:
    script = Script(events_answer(STORY[0], STORY[2], STORY[3]), events_answer(*STORY[1:]))
    assert await heard(script) == WHOLE
    assert script.seen[1].endswith("eventsStartIdx=1")


async def test_a_gap_that_stays_is_an_error_with_the_index_to_go_on_from() -> None:
    script = Script(lambda request: events_answer(*STORY[1:]), forever=True)
    run = await a_run(script)
    with pytest.raises(StreamInterruptedError, match=r"events_start_idx=0") as caught:
        _ = [event async for event in run]
    assert (caught.value.run_id, caught.value.next_event_idx) == (RUN_ID, 0)
    assert len(script.requests) == 4


async def test_resuming_is_bounded_and_tells_where_to_go_on() -> None:
    run = await a_run(Script(events_answer(*STORY[:2], httpx.ReadError("1")), httpx.ConnectError("2"), forever=True))
    events: list[RunStreamEvent] = []
    with pytest.raises(StreamInterruptedError) as caught:
        await collect(run.listen(), events)
    assert caught.value.next_event_idx == len(events) == 2


async def test_progress_gives_the_attempts_back() -> None:
    cuts = [events_answer(event, httpx.ReadError("reset")) for event in STORY[:3]]
    script = Script(*cuts, events_answer(STORY[3]))
    assert await heard(script, retry=RetryPolicy(attempts=2)) == WHOLE


async def test_a_listen_that_never_began_raises_what_went_wrong() -> None:
    run = await a_run(Script(refusal(404, {"code": 5, "message": "no such run"})))
    with pytest.raises(NotFoundError, match="no such run"):
        _ = [event async for event in run]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_listen_that_is_put_off_is_begun_again(status: int) -> None:
    script = Script(refusal(status, "<html>busy</html>"), events_answer(*STORY))
    assert await heard(script) == WHOLE


async def test_retry_after_is_honoured_before_a_listen_is_begun_again() -> None:
    clock = AsyncFakeClock()
    script = Script(refusal(429, retry_after="11"), events_answer(*STORY))
    assert await heard(script, clock=clock) == WHOLE
    assert clock.slept[0] >= 11


async def test_a_clean_end_without_a_last_event_asks_the_run_once() -> None:
    script = Script(events_answer(*STORY[:3]), ok(completed(TEXTS[-1])), events_answer(STORY[3]))
    assert await heard(script) == WHOLE
    assert script.seen[1] == f"GET /assistants/v1/runs/{RUN_ID}"


async def test_a_last_event_that_cannot_be_had_is_made_from_the_run() -> None:
    ends = [events_answer() for _ in range(3)]
    script = Script(events_answer(*STORY[:3]), ok(completed("all")), *ends)
    assert await heard(script) == [*WHOLE[:3], (3, "all")]


async def test_a_failure_that_the_stream_swallowed_is_made_from_the_run() -> None:
    failed = run_json("FAILED", error={"message": "out of luck"})
    run = await a_run(Script(events_answer(), ok(failed), *[events_answer() for _ in range(3)]))
    (event,) = [event async for event in run]
    assert (event.status, event.error) == (StreamEvent.ERROR, "out of luck")


async def test_events_that_two_empty_streams_held_back_are_heard_in_full() -> None:
    script = Script(events_answer(), ok(completed("all")), events_answer(), events_answer(*STORY))
    assert await heard(script) == WHOLE


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_late_error_that_passes_is_followed_by_another_stream(framing: Framing) -> None:
    late = b'{"error": {"grpcCode": 14, "httpCode": 503, "message": "going down", "details": []}}'
    piece = b"data: " + late + b"\n\n" if framing == "sse" else late
    piece = b"," + piece if framing == "array" else piece
    script = Script(events_answer(*STORY[:2], piece, framing=framing), events_answer(*STORY[2:], framing=framing))
    assert await heard(script) == WHOLE
    assert len(script.requests) == 2


async def test_a_late_error_that_will_not_pass_ends_the_listen_with_its_words() -> None:
    late = {"error": {"grpcCode": 7, "httpCode": 403, "message": "folder was taken away", "details": []}}
    run = await a_run(Script(events_answer(STORY[0], late, framing="lines")))
    with pytest.raises(StreamInterruptedError, match="folder was taken away") as caught:
        _ = [event async for event in run]
    assert caught.value.next_event_idx == 1


@pytest.mark.parametrize(
    "document",
    [
        b'{"eventType": []}',
        b'{"streamCursor": {"currentEventIdx": "many"}}',
        b'{"eventType": "DONE", "completedMessage": 5}',
        b'{"a": nope}',
        b'{"result": {"eventType": {}}}',
        b'{"eventType": "DONE", "x": "\xff"}',
    ],
)
@pytest.mark.parametrize("framing", ["sse", "lines"])
async def test_what_is_no_event_is_a_decode_error_that_quotes_it(framing: Framing, document: bytes) -> None:
    pieces = [b"data: " + document + b"\n\n"] if framing == "sse" else [document + b"\n"]
    # It may have been a cut, so it is asked for once more.
    script = Script(lambda request: events_answer(*pieces, framing=framing, x_request_id="rq-7"), forever=True)
    run = await a_run(script)
    with pytest.raises(DecodeError) as caught:
        _ = [event async for event in run]
    assert caught.value.request_id == "rq-7"
    assert "rq-7" in str(caught.value)
    assert caught.value.excerpt
    assert len(script.requests) <= 2


async def test_timeout_bounds_the_whole_listen() -> None:
    clock = AsyncFakeClock()

    def pieces() -> Any:
        for index in range(100):
            clock.advance(1)
            yield partial_event(index, "…")

    run = await a_run(Script(_lazy(pieces())), clock=clock)
    events: list[RunStreamEvent] = []
    with pytest.raises(RequestTimeoutError, match="5 s") as caught:
        await collect(run.listen(timeout=5), events)
    assert 4 <= len(events) <= 5
    assert caught.value.next_event_idx == len(events)
    assert f"go on with listen(events_start_idx={len(events)}), or give it more time. (GET" in str(caught.value)
    assert clock.passed == 5


def _lazy(pieces: Any) -> httpx.Response:
    # Not a connection that keeps to deadlines: nobody would wait for its rest.
    return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=framed(pieces))


async def test_timeout_covers_the_resumes_too() -> None:
    clock = AsyncFakeClock()
    script = Script(lambda request: refusal(503), forever=True)
    run = await a_run(script, clock=clock, retry=RetryPolicy(attempts=1000, backoff=1))
    with pytest.raises(RequestTimeoutError) as caught:
        _ = [event async for event in run.listen(timeout=30)]
    assert 20 < clock.passed <= 30
    sent = script.requests[-1].headers["x-client-request-id"]
    assert caught.value.client_request_id == sent
    assert str(caught.value).endswith(f"; client request id {sent})")


async def test_without_a_timeout_httpx_is_given_the_idle_limit_alone() -> None:
    script = Script(events_answer(done_event(0)))
    run = await a_run(script)
    _ = [event async for event in run.listen(timeout=None, idle_timeout=33)]
    limits = script.request.extensions["timeout"]
    assert (limits["read"], limits["write"], limits["pool"]) == (33, None, None)


async def test_a_silence_while_the_run_is_at_work_is_no_failure() -> None:
    quiet = [lambda request: events_answer(httpx.ReadTimeout("quiet")), lambda request: ok(run_json("IN_PROGRESS"))]
    script = Script(*quiet * 12, events_answer(*STORY))
    assert await heard(script, retry=RetryPolicy(attempts=3)) == WHOLE


async def test_a_listen_that_is_left_early_lets_the_stream_go() -> None:
    answer = events_answer(*STORY)
    body = answer.stream
    run = await a_run(Script(answer))
    async with aclosing(run.listen()) as events:
        async for event in events:
            assert event.index == 0
            break
    assert body.is_closed  # type: ignore[attr-defined]


async def test_two_listens_on_one_run_do_not_disturb_each_other() -> None:
    run = await a_run(Script(events_answer(*STORY), events_answer(*STORY)))
    async with aclosing(run.listen()) as first, aclosing(run.listen()) as second:
        pairs = [(await anext(first), await anext(second)) for _ in STORY]
    assert all(one == other for one, other in pairs)


async def test_a_cursor_that_is_missing_means_the_first_event() -> None:
    run = await a_run(Script(events_answer({"eventType": "DONE"})))
    assert [event.index async for event in run] == [0]
    assert cursor(0) == {}


async def test_a_429_that_asks_for_too_long_ends_the_listen() -> None:
    run = await a_run(Script(refusal(429, retry_after="3600")))
    with pytest.raises(RateLimitError):
        _ = [event async for event in run]
