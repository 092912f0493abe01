# Generated from tests/_async/test_waiting.py by tools/generate_sync.py; do not edit.
"""``wait``: when it ends, when it looks, and what it says when it gives up."""

from __future__ import annotations

import itertools
from typing import Any

import httpx
import pytest

from tests.support.answers import (
    LEFT_UNREAD,
    RUN_ID,
    calling,
    calls_event,
    completed,
    done_event,
    events_answer,
    message_json,
    ok,
    refusal,
    run_json,
)
from tests.support.clients import Script, make_client
from tests.support.clocks import FakeClock
from yc_runs import (
    APIError,
    NotFoundError,
    PollTimeoutError,
    RequestTimeoutError,
    RetryPolicy,
    Run,
    RunsError,
    RunStatus,
)

FAILED = run_json("FAILED", error={"code": "8", "message": "too long a prompt"})


def a_run(script: Script, clock: FakeClock | None = None, **settings: Any) -> Run:
    """A run that was had from an answer of its own, which ``script`` does not count."""
    answers = iter([ok(run_json())])
    client = make_client(lambda request: next(answers, None) or script(request), clock=clock or FakeClock(), **settings)
    return client.runs.get(RUN_ID)


@pytest.mark.parametrize("state", [completed(), FAILED, calling("f")], ids=["completed", "failed", "tool calls"])
def test_a_run_that_is_due_at_the_first_look_costs_one_request_and_no_sleep(state: dict[str, Any]) -> None:
    script, clock = Script(ok(state)), FakeClock()
    run = a_run(script, clock)
    result = run.wait()
    assert result.status.name == state["state"]["status"]
    assert script.seen == [f"GET /assistants/v1/runs/{RUN_ID}"]
    assert clock.slept == []


def test_the_polled_answer_is_the_result_and_nothing_is_asked_after_it() -> None:
    script = Script(ok(run_json()), ok(run_json("IN_PROGRESS")), ok(completed("At last.")))
    run = a_run(script)
    result = run.wait()
    assert result.text == "At last."
    assert result.usage is not None
    assert result.usage.total_tokens == 20
    assert script.is_done


def test_the_pauses_grow_to_the_interval() -> None:
    clock = FakeClock(luck=1.0)
    script = Script(*[ok(run_json("IN_PROGRESS")) for _ in range(9)], ok(completed()))
    run = a_run(script, clock)
    run.wait(poll_interval=0.5)
    assert clock.slept[0] == pytest.approx(0.1)
    assert all(early <= late for early, late in itertools.pairwise(clock.slept))
    assert clock.slept[-1] == 0.5
    assert max(clock.slept) == 0.5


def test_the_pauses_have_jitter() -> None:
    slept = []
    for luck in (0.0, 0.5):
        clock = FakeClock(luck)
        run = a_run(Script(ok(run_json()), ok(completed())), clock)
        run.wait()
        slept += clock.slept
    assert slept[0] < slept[1]


@pytest.mark.parametrize("interval", [0.01, 0.5, 7])
def test_no_pause_is_longer_than_the_interval(interval: float) -> None:
    clock = FakeClock(luck=0.999)
    run = a_run(Script(*[ok(run_json()) for _ in range(30)], ok(completed())), clock)
    run.wait(poll_interval=interval, poll_timeout=1000)
    assert max(clock.slept) <= interval


def test_it_gives_up_after_poll_timeout_with_the_last_status() -> None:
    clock = FakeClock()
    states = itertools.chain(["PENDING"], itertools.repeat("IN_PROGRESS"))
    script = Script(lambda request: ok(run_json(next(states))), forever=True)
    run = a_run(script, clock)
    with pytest.raises(PollTimeoutError, match=r"IN_PROGRESS after 5 s") as caught:
        run.wait(poll_timeout=5)
    assert caught.value.status is RunStatus.IN_PROGRESS
    assert caught.value.run_id == RUN_ID
    assert isinstance(caught.value, TimeoutError)
    assert 4 < clock.passed <= 5


def test_the_time_to_wait_is_300_seconds_unless_given() -> None:
    clock = FakeClock()
    run = a_run(Script(lambda request: ok(run_json()), forever=True), clock)
    with pytest.raises(PollTimeoutError):
        run.wait()
    assert 299 < clock.passed <= 300


def test_a_poll_timeout_of_0_looks_once() -> None:
    script, clock = Script(ok(run_json("IN_PROGRESS"))), FakeClock()
    run = a_run(script, clock)
    with pytest.raises(PollTimeoutError) as caught:
        run.wait(poll_timeout=0)
    assert caught.value.status is RunStatus.IN_PROGRESS
    assert clock.slept == []
    assert script.is_done


def test_a_poll_timeout_of_0_gives_the_result_that_is_there() -> None:
    run = a_run(Script(ok(completed())))
    assert run.wait(poll_timeout=0).is_succeeded


@pytest.mark.parametrize("status", ["CANCELLING", "RUN_STATUS_UNSPECIFIED", 77])
def test_an_unknown_status_is_not_the_end(status: Any) -> None:
    script = Script(ok(run_json(status)), ok(run_json(status)), ok(completed()))
    run = a_run(script)
    assert run.wait().status is RunStatus.COMPLETED
    assert script.is_done


def test_an_unknown_status_that_stays_is_in_the_error() -> None:
    run = a_run(Script(lambda request: ok(run_json("DREAMING")), forever=True))
    with pytest.raises(PollTimeoutError, match="DREAMING") as caught:
        run.wait(poll_timeout=1)
    assert caught.value.status.name == "UNKNOWN"
    assert caught.value.status.raw == "DREAMING"


def test_a_run_without_a_state_is_not_the_end() -> None:
    script = Script(ok({"id": RUN_ID}), ok({"id": RUN_ID, "state": None}), ok(completed()))
    run = a_run(script)
    assert run.wait().is_succeeded


def test_failures_that_pass_cost_a_look_and_not_the_wait() -> None:
    policy = RetryPolicy(attempts=1)
    troubles = [
        refusal(503),
        refusal(429),
        httpx.ReadError("reset"),
        httpx.ConnectError("refused"),
        refusal(502, "<p>"),
    ]
    script = Script(ok(run_json()), *troubles, ok(run_json()), *troubles, ok(completed()))
    run = a_run(script, retry=policy)
    assert run.wait().is_succeeded
    assert script.is_done


def test_a_failure_that_will_not_pass_ends_the_wait() -> None:
    run = a_run(Script(ok(run_json()), refusal(404)))
    with pytest.raises(NotFoundError):
        run.wait()


@pytest.mark.parametrize("via", ["poll", "listen"])
@pytest.mark.parametrize("trouble", [refusal(503), refusal(429), httpx.ReadError("reset"), httpx.ReadTimeout("late")])
def test_a_first_look_that_fails_for_the_moment_is_the_error_only_of_a_wait_without_time(
    trouble: Any, via: Any
) -> None:
    def look(request: httpx.Request) -> httpx.Response:
        if len(script.requests) < 3 and isinstance(trouble, Exception):
            raise trouble
        return refusal(trouble.status_code) if len(script.requests) < 3 else ok(completed())

    script = Script(look, forever=True)
    run = a_run(script, retry=RetryPolicy(attempts=1))
    with pytest.raises(RunsError) as caught:
        run.wait(poll_timeout=0, via=via)
    assert not isinstance(caught.value, PollTimeoutError)
    assert len(script.requests) == 1
    assert run.wait(via=via).is_succeeded


def test_a_run_that_was_never_seen_is_a_poll_timeout_that_says_why() -> None:
    run = a_run(Script(lambda request: refusal(503), forever=True), retry=RetryPolicy(attempts=1))
    with pytest.raises(PollTimeoutError, match=r"was not seen after 3 s .* answered 503") as caught:
        run.wait(poll_timeout=3)
    assert caught.value.status is None
    assert caught.value.client_request_id


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_a_first_look_that_fails_for_good_is_the_error_at_once(status: int) -> None:
    run = a_run(Script(refusal(status)))
    with pytest.raises(APIError):
        run.wait()


@LEFT_UNREAD
def test_looks_that_take_time_count_against_poll_timeout() -> None:
    clock = FakeClock()

    def slow(request: httpx.Request) -> httpx.Response:
        clock.advance(min(4, request.extensions["timeout"]["read"]))
        return ok(run_json())

    run = a_run(Script(slow, forever=True), clock)
    with pytest.raises((PollTimeoutError, RequestTimeoutError)):
        run.wait(poll_timeout=10)
    assert clock.passed <= 10


def test_timeout_bounds_each_look() -> None:
    script = Script(ok(run_json()), ok(completed()))
    run = a_run(script)
    run.wait(timeout=3, poll_timeout=100)
    assert [request.extensions["timeout"]["read"] for request in script.requests] == [3, 3]


def test_no_look_may_take_longer_than_what_is_left_of_poll_timeout() -> None:
    clock = FakeClock()
    script = Script(ok(run_json()), ok(completed()))
    run = a_run(script, clock)
    run.wait(poll_timeout=2)
    limits = [request.extensions["timeout"]["read"] for request in script.requests]
    assert limits == [2, pytest.approx(2 - clock.passed)]


def test_wait_can_be_called_again_after_giving_up() -> None:
    run = a_run(Script(ok(run_json()), ok(completed())))
    with pytest.raises(PollTimeoutError):
        run.wait(poll_timeout=0)
    assert run.wait(poll_timeout=0).is_succeeded


def test_get_status_and_get_result_look_once_each() -> None:
    script = Script(ok(run_json("IN_PROGRESS")), ok(run_json()), ok(completed()))
    run = a_run(script)
    assert run.get_status() is RunStatus.IN_PROGRESS
    result = run.get_result()
    assert result.is_running
    assert not result.is_finished
    assert result.text is None
    assert run.get_result().text == "It is done."


def test_a_failed_run_tells_why_and_has_no_text() -> None:
    run = a_run(Script(ok(FAILED)))
    result = run.wait()
    assert result.is_failed
    assert result.is_finished
    assert (result.error, result.error_code) == ("too long a prompt", 8)
    assert result.tool_calls is None
    for name in ("text", "message", "parts", "citations"):
        with pytest.raises(ValueError, match="too long a prompt"):
            getattr(result, name)


def test_a_failure_without_a_code_reads_as_0() -> None:
    run = a_run(Script(ok(run_json("FAILED", error={"message": "no"}))))
    assert run.wait().error_code == 0


def test_a_failure_without_an_error_is_still_a_failure() -> None:
    run = a_run(Script(ok(run_json("FAILED"))))
    result = run.wait()
    assert (result.is_failed, result.error) == (True, None)


@pytest.mark.parametrize(
    ("status", "truncated", "filtered"), [("TRUNCATED", True, False), ("FILTERED_CONTENT", False, True)]
)
def test_a_completed_run_may_hold_a_message_that_is_not_whole(status: str, truncated: bool, filtered: bool) -> None:
    run = a_run(Script(ok(run_json("COMPLETED", completedMessage=message_json("Half", status=status)))))
    result = run.wait()
    assert (result.is_succeeded, result.is_truncated, result.is_filtered) == (True, truncated, filtered)
    assert result.text == "Half"


LISTEN = f"GET /assistants/v1/runs/listen?runId={RUN_ID}&eventsStartIdx="
LOOK = f"GET /assistants/v1/runs/{RUN_ID}"


def test_waiting_on_the_stream_of_a_run_at_work_costs_the_stream_and_one_look() -> None:
    script = Script(events_answer(done_event(0)), ok(completed()))
    assert a_run(script).wait(via="listen").is_succeeded
    assert script.seen == [f"{LISTEN}0", LOOK]


def test_waiting_on_the_stream_looks_first_where_all_may_have_been_heard_already() -> None:
    script = Script(events_answer(done_event(0)), ok(completed()))
    run = a_run(script)
    assert [event.index for event in run.listen()] == [0]
    assert run.wait(via="listen").is_succeeded
    assert script.seen == [f"{LISTEN}0", LOOK]


def test_waiting_on_the_stream_with_no_time_looks_once() -> None:
    script = Script(ok(run_json("IN_PROGRESS")))
    with pytest.raises(PollTimeoutError):
        a_run(script).wait(via="listen", poll_timeout=0)
    assert script.seen == [LOOK]


@pytest.mark.parametrize("event", [done_event(0), calls_event(0, "f")], ids=["done", "calls"])
def test_where_looks_lag_behind_the_stream_the_run_is_polled(event: dict[str, Any]) -> None:
    state = completed() if event["eventType"] == "DONE" else calling("f")
    behind = [ok(run_json("IN_PROGRESS")) for _ in range(7)]
    script, clock = Script(events_answer(event), *behind, ok(state)), FakeClock()
    result = a_run(script, clock).wait(via="listen")
    assert result.status.name == state["state"]["status"]
    assert script.seen == [f"{LISTEN}0", *[LOOK] * 8]
    assert sum(clock.slept) < 3
