"""Answering tool calls, and never taking an answered call for a new one."""

from __future__ import annotations

import httpx
import pytest

from tests.support.answers import (
    RUN_ID,
    calling,
    calls_event,
    completed,
    done_event,
    events_answer,
    ok,
    refusal,
    run_json,
)
from tests.support.clients import Script, make_async_client
from tests.support.clocks import AsyncFakeClock
from yc_runs import BadRequestError, DecodeError, NotFoundError, PollTimeoutError, RetryPolicy, RunStatus, ServerError

pytestmark = pytest.mark.anyio

RESULT = {"name": "f", "content": "1"}
GET = f"GET /assistants/v1/runs/{RUN_ID}"
SUBMIT = "PATCH /assistants/v1/runs/submit"


async def test_a_page_in_place_of_the_answer_to_a_submit_leaves_it_in_doubt() -> None:
    """It may be of something before the gateway, which the results never passed."""
    page = httpx.Response(200, html="<html>Log in</html>")
    script = Script(ok(calling("f")), page, *[ok(calling("f")) for _ in range(3)], ok(), ok(completed()))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(DecodeError) as caught:
        await run.submit_tool_results(RESULT)
    assert caught.value.maybe_applied
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).is_succeeded
    assert script.seen.count(SUBMIT) == 2


async def test_calls_come_with_names_and_arguments_in_order() -> None:
    calls = {
        "toolCalls": [
            {"functionCall": {"name": "a", "arguments": {"x": [1, {"y": None}], "z": 1.5}}},
            {"functionCall": {"name": "b"}},
            {"somethingNew": {}},
        ]
    }
    run = await make_async_client(Script(ok(run_json("TOOL_CALLS", toolCallList=calls)), forever=True)).runs.get(RUN_ID)
    script_result = run.data.state
    assert script_result is not None
    result = script_result.tool_call_list
    assert result is not None
    functions = [call.function for call in result.tool_calls]
    assert functions[2] is None
    assert [(f.name, f.arguments) for f in functions if f] == [("a", {"x": [1, {"y": None}], "z": 1.5}), ("b", {})]


@pytest.mark.parametrize("stale", [0, 1, 5])
async def test_wait_never_returns_the_calls_just_answered(stale: int) -> None:
    """However often the gateway shows them after the submit."""
    script = Script(ok(calling("f")), ok(), *[ok(calling("f")) for _ in range(stale)], ok(completed()))
    run = await make_async_client(script).runs.get(RUN_ID)
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).status is RunStatus.COMPLETED
    assert script.seen == [GET, SUBMIT, *[GET] * (stale + 1)]


@pytest.mark.parametrize("stale", [0, 1, 5])
async def test_new_calls_after_stale_ones_are_returned(stale: int) -> None:
    script = Script(
        *(ok(calling("f")), ok(), *[ok(calling("f")) for _ in range(stale)], ok(calling("g", total=50))),
        *(ok(), *[ok(calling("g", total=50)) for _ in range(stale)], ok(completed())),
    )
    run = await make_async_client(script).runs.get(RUN_ID)
    await run.submit_tool_results(RESULT)
    result = await run.wait()
    assert result.tool_calls is not None
    assert [call.function.name for call in result.tool_calls if call.function] == ["g"]
    await run.submit_tool_results({"name": "g", "content": "2"})
    assert (await run.wait()).is_succeeded
    assert script.is_done


async def test_the_very_same_call_asked_again_is_new_when_more_tokens_were_used() -> None:
    script = Script(ok(calling("f", total=20)), ok(), ok(calling("f", total=20)), ok(calling("f", total=40)))
    run = await make_async_client(script).runs.get(RUN_ID)
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).usage.total_tokens == 40


async def test_the_very_same_call_asked_again_is_new_when_the_run_was_seen_at_work_between() -> None:
    script = Script(ok(calling("f")), ok(), ok(run_json("IN_PROGRESS")), ok(calling("f")))
    run = await make_async_client(script).runs.get(RUN_ID)
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).status is RunStatus.TOOL_CALLS
    assert script.is_done


async def test_calls_that_stay_answered_are_no_result_but_a_timeout() -> None:
    script = Script(lambda request: ok() if request.method == "PATCH" else ok(calling("f")), forever=True)
    run = await make_async_client(script).runs.get(RUN_ID)
    await run.submit_tool_results(RESULT)
    with pytest.raises(PollTimeoutError) as caught:
        await run.wait(poll_timeout=5)
    assert caught.value.status is RunStatus.TOOL_CALLS


async def test_wait_returns_unanswered_calls_as_often_as_it_is_asked() -> None:
    run = await make_async_client(Script(lambda request: ok(calling("f")), forever=True)).runs.get(RUN_ID)
    for _ in range(3):
        assert (await run.wait()).tool_calls


async def test_a_run_whose_calls_were_not_seen_is_looked_at_before_the_submit() -> None:
    script = Script(ok(run_json()), ok(calling("f")), ok(), ok(calling("f")), ok(completed()))
    run = await make_async_client(script).runs.get(RUN_ID)
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).is_succeeded
    assert script.seen == [GET, GET, SUBMIT, GET, GET]


async def test_calls_heard_on_the_stream_are_looked_at_before_the_submit() -> None:
    script = Script(
        *(ok(run_json()), events_answer(calls_event(0, "f"), done_event(1))),
        *(ok(calling("f")), ok(), ok(calling("f")), ok(completed())),
    )
    run = await make_async_client(script).runs.get(RUN_ID)
    async for event in run:
        if event.tool_calls:
            await run.submit_tool_results(RESULT)
            assert (await run.wait()).is_succeeded
    assert script.is_done


async def test_a_look_before_the_submit_that_fails_for_the_moment_does_not_stop_it() -> None:
    script = Script(ok(run_json()), refusal(503), ok())
    run = await make_async_client(script, retry=RetryPolicy(attempts=1)).runs.get(RUN_ID)
    await run.submit_tool_results(RESULT)
    assert script.seen == [GET, GET, SUBMIT]


async def test_a_look_before_the_submit_that_fails_for_good_stops_it() -> None:
    script = Script(ok(run_json()), refusal(404))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(NotFoundError):
        await run.submit_tool_results(RESULT)
    assert script.seen == [GET, GET]


async def test_results_that_are_refused_leave_the_calls_unanswered() -> None:
    script = Script(ok(calling("f")), refusal(400), ok(calling("f")), ok(), ok(calling("f")), ok(completed()))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(BadRequestError):
        await run.submit_tool_results(RESULT)
    assert (await run.wait()).tool_calls
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).is_succeeded


async def test_a_submit_in_doubt_is_not_sent_again_when_the_run_has_gone_on() -> None:
    script = Script(ok(calling("f")), refusal(502), ok(run_json("IN_PROGRESS")), ok(completed()))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(ServerError) as caught:
        await run.submit_tool_results(RESULT)
    assert caught.value.maybe_applied
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).is_succeeded
    assert script.seen == [GET, SUBMIT, GET, GET]


async def test_a_submit_in_doubt_is_sent_again_when_the_run_still_waits() -> None:
    shown = [ok(calling("f")) for _ in range(3)]
    script = Script(ok(calling("f")), refusal(502), *shown, ok(), ok(completed()))
    run = await make_async_client(script).runs.get(RUN_ID)
    with pytest.raises(ServerError):
        await run.submit_tool_results(RESULT)
    await run.submit_tool_results(RESULT)
    assert (await run.wait()).is_succeeded
    assert script.seen == [GET, SUBMIT, GET, GET, GET, SUBMIT, GET]


@pytest.mark.parametrize("stale", [0, 1, 4])
async def test_calls_answered_while_listening_are_told_apart_although_looks_lag_behind(stale: int) -> None:
    """The stream tells of the second round while the gateway still shows the first to those who look."""
    first, second = calling("f"), calling("f", total=50)
    script = Script(
        *(ok(run_json()), events_answer(calls_event(0, "f"), calls_event(1, "f"), done_event(2))),
        *(ok(first), ok()),
        *(*[ok(first) for _ in range(stale)], ok(second), ok()),
        *(*[ok(second) for _ in range(stale)], ok(completed())),
    )
    run = await make_async_client(script).runs.get(RUN_ID)
    async for event in run:
        if event.tool_calls:
            await run.submit_tool_results(RESULT)
    assert (await run.wait()).status is RunStatus.COMPLETED
    assert script.is_done


async def test_a_gateway_whose_looks_lag_too_long_does_not_hold_a_submit_back() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            return ok()
        is_stream = "listen" in request.url.path
        return events_answer(calls_event(0, "f"), calls_event(1, "f"), done_event(2)) if is_stream else ok(calling("f"))

    clock = AsyncFakeClock()
    script = Script(answer, forever=True)
    run = await make_async_client(script, clock=clock).runs.get(RUN_ID)
    async for event in run:
        if event.tool_calls:
            await run.submit_tool_results(RESULT)
    assert script.seen.count(SUBMIT) == 2
    assert clock.passed < 5
