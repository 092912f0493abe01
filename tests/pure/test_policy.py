"""What may be sent again, and after how long."""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator
from contextvars import copy_context
from types import coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yc_runs import errors
from yc_runs._deadline import Deadline, soonest, time_left, under
from yc_runs._polling import PollPolicy
from yc_runs.policy import RetryPolicy, is_passing


def api(status: int, retry_after: float | None = None) -> errors.APIError:
    kind = errors.RateLimitError if status == 429 else errors.APIError
    return kind("e", status=status, retry_after=retry_after)


RULES: list[tuple[BaseException, bool, bool, bool]] = [
    # the error, a read may be sent again, a write may, it is of the kind that passes
    (errors.ConnectionFailedError("e"), True, True, True),
    (api(429), True, True, True),
    (errors.CredentialsError("e", retryable=True), True, True, True),
    (errors.CredentialsError("e"), False, False, False),
    (errors.RequestTimeoutError("e", phase="connect"), True, True, True),
    (errors.RequestTimeoutError("e", phase="read"), True, False, True),
    (errors.RequestTimeoutError("e", phase="write"), True, False, True),
    (errors.ConnectionLostError("e"), True, False, True),
    (api(502), True, False, True),
    (api(503), True, False, True),
    (api(504), True, False, True),
    (api(500), False, False, False),
    (api(501), False, False, False),
    (api(400), False, False, False),
    (api(404), False, False, False),
    (errors.DecodeError("e"), False, False, False),
    (errors.ClientClosedError("e"), False, False, False),
    (errors.ConfigurationError("e"), False, False, False),
    (ValueError("e"), False, False, False),
    (TimeoutError("e"), False, False, False),
]


@pytest.mark.parametrize(("error", "read", "write", "passing"), RULES, ids=lambda value: repr(value)[:40])
def test_the_rules_for_sending_again(error: BaseException, read: bool, write: bool, passing: bool) -> None:
    policy = RetryPolicy()
    assert policy.may_resend(error, is_write=False) is read
    assert policy.may_resend(error, is_write=True) is write
    assert is_passing(error) is passing


@pytest.mark.parametrize(("asked", "may"), [(None, True), (0, True), (60, True), (60.1, False)])
def test_a_pause_that_is_asked_for_is_waited_for_only_up_to_a_cap(asked: float | None, may: bool) -> None:
    for status in (429, 503):
        assert RetryPolicy(max_retry_after=60).may_resend(api(status, asked), is_write=False) is may


def test_pauses_double_up_to_the_longest() -> None:
    policy = RetryPolicy(backoff=0.25, max_backoff=3)
    assert [policy.pause(attempt, None, 1.0) for attempt in (1, 2, 3, 4, 5, 6, 10_000)] == [0.25, 0.5, 1, 2, 3, 3, 3]


@given(st.integers(1, 100), st.floats(0, 1))
def test_jitter_is_always_on_and_never_more_than_half(attempt: int, dice: float) -> None:
    policy = RetryPolicy()
    longest = policy.pause(attempt, None, 1.0)
    assert longest / 2 <= policy.pause(attempt, None, dice) <= longest <= policy.max_backoff


@pytest.mark.parametrize(("asked", "least"), [(5.0, 5.0), (0.0, 0.0), (1e9, 60.0)])
def test_a_pause_is_never_shorter_than_asked_up_to_the_cap(asked: float, least: float) -> None:
    for dice in (0.0, 0.5, 1.0):
        pause = RetryPolicy().pause(1, api(503, asked), dice)
        assert least < pause <= least + 0.25


def test_an_error_without_a_pause_is_waited_for_as_usual() -> None:
    assert RetryPolicy().pause(1, api(503), 1.0) == RetryPolicy().pause(1, errors.ConnectionLostError("e"), 1.0) == 0.25


@pytest.mark.parametrize(
    "wrong",
    [
        *({"attempts": 0}, {"attempts": -1}, {"backoff": -1}, {"backoff": math.nan}, {"max_backoff": -0.1}),
        *({"max_retry_after": -1}, {"total": 0}, {"total": -1}, {"total": math.nan}, {"attempt_timeout": 0}),
    ],
)
def test_a_retry_policy_out_of_range_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        RetryPolicy(**wrong)


def test_a_retry_policy_may_be_of_the_least() -> None:
    policy = RetryPolicy(attempts=1, total=0.1, backoff=0, max_backoff=0, max_retry_after=0, attempt_timeout=0.1)
    assert policy.pause(1, None, 1.0) == 0
    assert policy == RetryPolicy(1, 0.1, 0, 0, 0, 0.1)


def test_polls_come_soon_then_ever_less_often() -> None:
    policy = PollPolicy(interval=0.5)
    pauses = [policy.pause(polls, 1.0) for polls in range(1, 8)]
    assert pauses[0] == 0.1
    assert pauses == sorted(pauses)
    assert pauses[-1] == policy.pause(10_000, 1.0) == 0.5


@given(st.integers(1, 10_000), st.floats(0, 1), st.floats(0.01, 100))
def test_a_poll_never_waits_longer_than_its_interval(polls: int, dice: float, interval: float) -> None:
    assert 0 < PollPolicy(interval=interval).pause(polls, dice) <= interval


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"interval": 0}, "poll_interval"),
        ({"interval": -1}, "poll_interval"),
        ({"interval": math.nan}, "poll_interval"),
        ({"timeout": -1}, "poll_timeout"),
        ({"timeout": math.nan}, "poll_timeout"),
    ],
)
def test_a_poll_policy_out_of_range_is_refused(wrong: dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        PollPolicy(**wrong)


def test_a_poll_timeout_of_0_is_0() -> None:
    assert PollPolicy(timeout=0).timeout == 0


def test_a_deadline_counts_from_now() -> None:
    deadline = Deadline.after(5, now=100)
    assert [deadline.left(now) for now in (100, 103, 105, 200)] == [5, 2, 0, 0]
    assert [deadline.allows(pause, 100) for pause in (0, 4.9, 5, 6)] == [True, True, False, False]


def test_no_timeout_is_no_deadline() -> None:
    deadline = Deadline.after(None, now=100)
    assert deadline.left(1e9) is None
    assert deadline.allows(1e9, 1e9)


def test_a_timeout_of_0_is_over_at_once() -> None:
    deadline = Deadline.after(0, now=100)
    assert deadline.left(100) == 0
    assert not deadline.allows(0, 100)


@pytest.mark.parametrize("timeout", [-1, math.nan, -math.inf])
def test_a_timeout_that_is_no_duration_is_refused(timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout: must be a number of seconds"):
        Deadline.after(timeout, now=0)


def test_the_soonest_of_the_limits_that_are_set() -> None:
    for limits in itertools.permutations([None, 3.0, 0.0]):
        assert soonest(*limits) == 0.0
    assert soonest(None, None) is soonest() is None


def test_the_sooner_of_two_deadlines_counts() -> None:
    deadline = Deadline.after(5, now=100)
    assert deadline.at_most(None, 100) is deadline.at_most(5, 100) is deadline.at_most(9, 100) is deadline
    assert deadline.at_most(2, 101).left(101) == 2
    assert Deadline.after(None, now=100).at_most(2, 101).left(102) == 1


def test_what_is_done_under_a_deadline_has_no_more_time_than_it() -> None:
    assert (time_left(None), time_left(7)) == (None, 7)
    with under(Deadline.after(5, now=100), lambda: 102.0):
        assert (time_left(None), time_left(7), time_left(1)) == (3, 3, 1)
        with under(Deadline.after(None, now=0), lambda: 0.0):
            assert time_left(None) is None
        assert time_left(None) == 3
    assert time_left(None) is None


def test_a_deadline_that_was_set_in_another_context_is_left_alone_where_a_call_is_collected() -> None:
    async def call() -> None:
        with under(Deadline(5.0, 5.0), lambda: 0.0):
            await forever()

    left = call()
    copy_context().run(left.send, None)
    left.close()
    assert time_left(None) is None


@coroutine
def forever() -> Generator[None, None, None]:
    yield
