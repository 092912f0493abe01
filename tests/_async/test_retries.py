"""Which failures are followed by another attempt, after how long, and when it is enough."""

from __future__ import annotations

import email.utils
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.answers import (
    ASSISTANT_ID,
    LEFT_UNREAD,
    RUN_ID,
    THREAD_ID,
    Body,
    calling,
    completed,
    ok,
    refusal,
    run_json,
)
from tests.support.clients import Script, make_async_client
from tests.support.clocks import EPOCH, AsyncFakeClock
from yc_runs import (
    APIError,
    AuthenticationError,
    ConnectionFailedError,
    ConnectionLostError,
    DecodeError,
    RateLimitError,
    RequestTimeoutError,
    RetryPolicy,
    RunsError,
    ServerError,
)

pytestmark = pytest.mark.anyio

NEVER_SENT = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("late"),
    httpx.ProxyError("no"),
    httpx.PoolTimeout(""),
]
PERHAPS_SENT = [
    httpx.ReadTimeout("late"),
    httpx.WriteTimeout("late"),
    httpx.ReadError("reset"),
    httpx.WriteError("broken pipe"),
    httpx.RemoteProtocolError("gone"),
    httpx.CloseError("gone"),
]
PASSING = [502, 503, 504]
FINAL = [400, 401, 403, 404, 409, 418, 500, 501]


def named(error: Any) -> str:
    return type(error).__name__ if isinstance(error, Exception) else str(error)


async def fetch(script: Script, **settings: Any) -> Any:
    return await make_async_client(script, **settings).runs.get(RUN_ID)


async def create(script: Script, **settings: Any) -> Any:
    return await make_async_client(script, **settings).runs.create(ASSISTANT_ID, THREAD_ID)


async def submit(script: Script, **settings: Any) -> Any:
    """Submit to a run had from an answer of its own, which ``script.requests`` does not keep."""
    answers = Script(ok(calling("f")), *script._answers)
    run = await make_async_client(answers, **settings).runs.get(RUN_ID)
    answers.requests.clear()
    script.requests = answers.requests
    await run.submit_tool_results({"name": "f", "content": "1"})


@pytest.mark.parametrize("error", [*NEVER_SENT, *PERHAPS_SENT], ids=named)
async def test_a_get_is_sent_again_after_any_failed_connection(error: Exception) -> None:
    script = Script(error, error, ok(run_json()))
    assert (await fetch(script)).id == RUN_ID
    assert len(script.requests) == 3


@pytest.mark.parametrize("status", [429, *PASSING])
async def test_a_get_is_sent_again_after_answers_that_pass(status: int) -> None:
    script = Script(refusal(status), refusal(status, "<html>"), ok(run_json()))
    assert (await fetch(script)).id == RUN_ID
    assert len(script.requests) == 3


@pytest.mark.parametrize("status", FINAL)
async def test_a_get_is_not_sent_again_after_answers_that_are_final(status: int) -> None:
    script = Script(refusal(status))
    with pytest.raises(APIError) as caught:
        await fetch(script)
    assert caught.value.status == status
    assert len(script.requests) == 1


@pytest.mark.parametrize("write", [create, submit])
@pytest.mark.parametrize("error", [*NEVER_SENT, 429], ids=named)
async def test_a_write_is_sent_again_where_it_surely_was_not_carried_out(
    write: Callable[..., Any], error: Exception | int
) -> None:
    answer = refusal(error) if isinstance(error, int) else error
    script = Script(answer, ok(run_json()))
    await write(script)
    assert len(script.requests) == 2


@pytest.mark.parametrize("write", [create, submit])
@pytest.mark.parametrize("error", PERHAPS_SENT, ids=named)
async def test_a_write_that_broke_is_not_sent_again_and_says_so(write: Callable[..., Any], error: Exception) -> None:
    script = Script(error)
    with pytest.raises((ConnectionLostError, RequestTimeoutError), match="look before sending it again") as caught:
        await write(script)
    assert caught.value.maybe_applied
    assert len(script.requests) == 1


@pytest.mark.parametrize("write", [create, submit])
@pytest.mark.parametrize("status", [500, *PASSING])
async def test_a_write_that_a_server_failed_is_not_sent_again_and_says_so(
    write: Callable[..., Any], status: int
) -> None:
    script = Script(refusal(status))
    with pytest.raises(ServerError, match="look before sending it again") as caught:
        await write(script)
    assert caught.value.maybe_applied
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 501])
async def test_a_write_that_was_refused_was_not_applied(status: int) -> None:
    script = Script(refusal(status))
    with pytest.raises(APIError) as caught:
        await create(script)
    assert not caught.value.maybe_applied
    assert len(script.requests) == 1


async def test_a_write_is_given_up_as_not_applied_when_it_never_connected() -> None:
    script = Script(httpx.ConnectError("refused"), forever=True)
    with pytest.raises(ConnectionFailedError, match="Nothing was carried out") as caught:
        await create(script)
    assert not caught.value.maybe_applied
    assert len(script.requests) == 4


async def test_an_answer_that_cannot_be_read_is_not_asked_for_again() -> None:
    script = Script(httpx.Response(200, text="<html>hello</html>"))
    with pytest.raises(DecodeError):
        await fetch(script)
    assert len(script.requests) == 1


async def test_attempts_are_bounded_and_the_last_error_is_raised() -> None:
    script = Script(httpx.ConnectError("1"), refusal(429), refusal(502), refusal(503, {"message": "last"}))
    with pytest.raises(ServerError, match="last"):
        await fetch(script)
    assert len(script.requests) == 4


@pytest.mark.parametrize("attempts", [1, 2, 7])
async def test_the_policy_says_how_many_attempts(attempts: int) -> None:
    script = Script(lambda request: refusal(503), forever=True)
    with pytest.raises(ServerError):
        await fetch(script, retry=RetryPolicy(attempts=attempts))
    assert len(script.requests) == attempts


async def test_pauses_double_up_to_their_limit_and_have_jitter() -> None:
    policy = RetryPolicy(attempts=6, backoff=1, max_backoff=5)
    pauses = {}
    for luck in (0.0, 1.0):
        clock = AsyncFakeClock(luck)
        with pytest.raises(ServerError):
            await fetch(Script(lambda request: refusal(503), forever=True), retry=policy, clock=clock)
        pauses[luck] = clock.slept
    assert pauses == {0.0: [0.5, 1, 2, 2.5, 2.5], 1.0: [1, 2, 4, 5, 5]}


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_in_seconds_is_honoured(status: int) -> None:
    clock = AsyncFakeClock()
    await fetch(Script(refusal(status, retry_after="7"), ok(run_json())), clock=clock)
    assert len(clock.slept) == 1
    assert 7 <= clock.slept[0] < 7.3


async def test_retry_after_as_a_date_is_honoured() -> None:
    clock = AsyncFakeClock()
    date = email.utils.formatdate(EPOCH + 9, usegmt=True)
    await fetch(Script(refusal(429, retry_after=date), ok(run_json())), clock=clock)
    assert 9 <= clock.slept[0] < 9.3


@pytest.mark.parametrize("value", ["soon", "-4", "1e3", "Wed, 31 Feb 2026 00:00:00 GMT"])
async def test_a_retry_after_that_means_nothing_is_passed_over(value: str) -> None:
    clock = AsyncFakeClock()
    await fetch(Script(refusal(429, retry_after=value), ok(run_json())), clock=clock)
    assert clock.slept == [0.125]


async def test_a_retry_after_beyond_the_cap_ends_the_call_at_once() -> None:
    script = Script(refusal(429, retry_after="61"))
    clock = AsyncFakeClock()
    with pytest.raises(RateLimitError) as caught:
        await fetch(script, clock=clock)
    assert caught.value.retry_after == 61
    assert clock.slept == []


async def test_timeout_covers_all_attempts_and_pauses() -> None:
    clock = AsyncFakeClock()

    def slow(request: httpx.Request) -> httpx.Response:
        limit = request.extensions["timeout"]["read"]
        clock.advance(min(3, limit))
        if limit < 3:
            raise httpx.ReadTimeout("late")
        return refusal(503)

    script = Script(slow, forever=True)
    client = make_async_client(script, clock=clock, retry=RetryPolicy(attempts=100, backoff=1))
    with pytest.raises(RequestTimeoutError):
        await client.runs.get(RUN_ID, timeout=10)
    assert len(script.requests) == 3
    assert clock.passed == 10


async def test_a_pause_that_would_pass_the_timeout_is_not_begun() -> None:
    clock = AsyncFakeClock()
    script = Script(refusal(429, retry_after="30"))
    with pytest.raises(RateLimitError):
        await make_async_client(script, clock=clock).runs.get(RUN_ID, timeout=20)
    assert clock.slept == []


async def test_the_total_of_the_policy_bounds_a_call_without_timeout() -> None:
    clock = AsyncFakeClock()
    script = Script(lambda request: refusal(503), forever=True)
    client = make_async_client(script, clock=clock, retry=RetryPolicy(attempts=1000, total=20))
    with pytest.raises(ServerError):
        await client.runs.get(RUN_ID, timeout=None)
    assert clock.passed <= 20


async def test_the_time_that_is_left_is_given_to_httpx_for_each_attempt() -> None:
    script = Script(refusal(503), ok(run_json()))
    client = make_async_client(script, retry=RetryPolicy(backoff=4))
    await client.runs.get(RUN_ID, timeout=5)
    limits = [request.extensions["timeout"]["read"] for request in script.requests]
    assert limits == [5, 3]


async def test_one_attempt_can_have_a_limit_of_its_own() -> None:
    script = Script(httpx.ReadTimeout("late"), ok(run_json()))
    await make_async_client(script, retry=RetryPolicy(attempt_timeout=2)).runs.get(RUN_ID)
    assert [request.extensions["timeout"]["read"] for request in script.requests] == [2, 2]


@LEFT_UNREAD
async def test_a_body_that_drips_past_the_timeout_is_broken_off() -> None:
    clock = AsyncFakeClock()

    def drip(request: httpx.Request) -> httpx.Response:
        pieces = [piece for _ in range(50) for piece in (lambda: clock.advance(1), b" ")]
        return httpx.Response(200, stream=Body(pieces))

    script = Script(drip, forever=True)
    with pytest.raises(RequestTimeoutError):
        await make_async_client(script, clock=clock).runs.get(RUN_ID, timeout=5)
    assert clock.passed == 5


async def test_a_refused_401_is_not_repeated_with_a_key_that_cannot_change() -> None:
    script = Script(refusal(401))
    with pytest.raises(AuthenticationError):
        await fetch(script)


@pytest.mark.parametrize("error", [*NEVER_SENT, *PERHAPS_SENT], ids=named)
async def test_what_httpx_raises_never_comes_through(error: Exception) -> None:
    script = Script(error)
    with pytest.raises(RunsError) as caught:
        await fetch(script, retry=RetryPolicy(attempts=1))
    assert caught.value.__cause__ is error
    assert RUN_ID in str(caught.value)


async def test_a_wait_starts_its_retries_anew_for_each_look() -> None:
    bad = [refusal(503), refusal(503), refusal(503)]
    script = Script(ok(run_json()), *bad, ok(run_json("IN_PROGRESS")), *bad, ok(completed()))
    run = await fetch(script)
    assert (await run.wait()).is_succeeded
    assert script.is_done


async def test_the_last_failure_does_not_drag_the_first_along() -> None:
    one, other = httpx.ReadError("one"), httpx.ReadError("other")
    script = Script(one, other)
    with pytest.raises(ConnectionLostError, match="other") as caught:
        await make_async_client(script, retry=RetryPolicy(attempts=2)).runs.get(RUN_ID)
    assert caught.value.__cause__ is other
    assert "ReadError: one" not in "".join(traceback.format_exception(caught.value))
