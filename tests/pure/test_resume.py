"""One listen, whatever happens to its streams: each event once, in order, to the last."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yc_runs import errors
from yc_runs.models import RunData, RunStreamEvent, StreamEvent
from yc_runs.models.events import last_event
from yc_runs.policy import RetryPolicy
from yc_runs.resume import Listening

LOST = errors.ConnectionLostError("the connection broke")
IDLE = errors.RequestTimeoutError("silence", phase="read")
REFUSED = errors.BadRequestError("no such run", status=400)


def event(index: int, kind: str = "PARTIAL_MESSAGE") -> RunStreamEvent:
    return RunStreamEvent.model_validate({"eventType": kind, "streamCursor": {"currentEventIdx": index}})


def run(status: str, **state: Any) -> RunData:
    return RunData.model_validate({"id": "r", "state": {"status": status, **state}})


def listening(start: int = 0, attempts: int = 4) -> Listening:
    return Listening("r", start, RetryPolicy(attempts=attempts, backoff=1, max_backoff=8))


def opened(start: int = 0, attempts: int = 4) -> Listening:
    machine = listening(start, attempts)
    machine.opened()
    return machine


def test_events_in_order_are_delivered_to_the_last() -> None:
    machine = opened()
    assert [machine.accept(event(0)), machine.accept(event(1)), machine.accept(event(2, "DONE"))] == [True] * 3
    assert (machine.is_over, machine.next_index, machine.wants_more) == (True, 3, False)


@pytest.mark.parametrize(
    ("kind", "over"),
    [("DONE", True), ("ERROR", True), ("TOOL_CALLS", False), ("PARTIAL_MESSAGE", False), ("NEW", False)],
)
def test_only_done_and_error_end_a_listen(kind: str, over: bool) -> None:
    machine = opened()
    assert machine.accept(event(0, kind))
    assert machine.is_over is over


def test_what_comes_after_the_end_is_dropped() -> None:
    machine = opened()
    machine.accept(event(0, "DONE"))
    assert not machine.accept(event(1))
    assert machine.gap_at is None


def test_events_that_come_again_are_dropped_also_the_last_kind() -> None:
    machine = opened(start=5)
    assert not machine.accept(event(3))
    assert not machine.accept(event(4, "DONE"))
    assert (machine.accept(event(5)), machine.is_over) == (True, False)


def test_after_a_gap_nothing_is_delivered_until_the_listen_begins_anew() -> None:
    machine = opened()
    assert not machine.accept(event(2))
    assert (machine.gap_at, machine.wants_more, machine.next_index) == (2, False, 0)
    assert not machine.accept(event(0))
    machine.interrupted(None, 1.0)
    assert (machine.gap_at, machine.wants_more) == (None, True)
    assert machine.accept(event(0))


def test_a_gap_that_stays_is_an_error_and_no_skip() -> None:
    machine = opened(start=3)
    for _ in range(3):
        machine.accept(event(5))
        machine.interrupted(None, 1.0)
    machine.accept(event(5))
    with pytest.raises(errors.StreamInterruptedError, match="event 5 came where 3 was due, 4 times in a row") as caught:
        machine.interrupted(None, 1.0)
    assert (caught.value.next_event_idx, caught.value.run_id) == (3, "r")


def test_attempts_back_off_and_are_bounded() -> None:
    machine = opened()
    assert [machine.interrupted(LOST, 1.0) for _ in range(3)] == [1, 2, 4]
    with pytest.raises(errors.StreamInterruptedError, match="the connection broke, 4 times in a row") as caught:
        machine.interrupted(LOST, 1.0)
    assert caught.value.__cause__ is LOST
    assert "listen(events_start_idx=0)" in str(caught.value)


def test_pauses_have_jitter() -> None:
    assert opened().interrupted(LOST, 0.0) == 0.5


def test_a_delivered_event_gives_all_attempts_back() -> None:
    machine = opened()
    for index in range(20):
        assert [machine.interrupted(LOST, 1.0) for _ in range(3)] == [1, 2, 4]
        assert machine.accept(event(index))


def test_an_event_that_comes_again_gives_no_attempt_back() -> None:
    machine = opened(start=1)
    for _ in range(3):
        machine.interrupted(LOST, 1.0)
        machine.accept(event(0))
    with pytest.raises(errors.StreamInterruptedError):
        machine.interrupted(LOST, 1.0)


def test_what_never_opened_raises_its_own_error() -> None:
    with pytest.raises(errors.BadRequestError) as caught:
        listening().interrupted(REFUSED, 1.0)
    assert caught.value is REFUSED
    machine = listening(attempts=1)
    with pytest.raises(errors.ConnectionLostError) as lost:
        machine.interrupted(LOST, 1.0)
    assert lost.value is LOST


def test_a_refusal_after_the_stream_was_open_is_an_interruption_at_once() -> None:
    machine = opened(start=2)
    with pytest.raises(
        errors.StreamInterruptedError, match=r"interrupted: no such run\. All events before 2"
    ) as caught:
        machine.interrupted(REFUSED, 1.0)
    assert (caught.value.__cause__, caught.value.next_event_idx) == (REFUSED, 2)


def test_what_cannot_be_decoded_is_asked_for_once_more_then_raised_as_it_is() -> None:
    machine, broken = opened(), errors.DecodeError("no event")
    assert machine.interrupted(errors.DecodeError("cut"), 1.0) == 1.0
    with pytest.raises(errors.DecodeError) as caught:
        machine.interrupted(broken, 1.0)
    assert caught.value is broken


def test_an_event_between_two_that_cannot_be_decoded_gives_the_second_its_chance() -> None:
    machine = opened()
    machine.interrupted(errors.DecodeError("cut"), 1.0)
    assert machine.accept(event(0))
    assert machine.interrupted(errors.DecodeError("cut"), 1.0) == 1.0


def test_what_cannot_be_decoded_is_raised_where_no_attempt_is_left() -> None:
    with pytest.raises(errors.DecodeError):
        opened(attempts=1).interrupted(errors.DecodeError("no event"), 1.0)


def test_a_foreign_exception_is_raised_as_it_is() -> None:
    foreign = RuntimeError("x")
    with pytest.raises(RuntimeError) as caught:
        opened().interrupted(foreign, 1.0)
    assert caught.value is foreign


def test_a_clean_end_counts_as_an_interruption() -> None:
    machine = opened(attempts=2)
    assert machine.interrupted(None, 1.0) == 1
    machine.interrupted(None, 1.0)
    with pytest.raises(errors.StreamInterruptedError, match="ended before its last event, 2 times in a row"):
        machine.asked(None)


@pytest.mark.parametrize("status", ["PENDING", "IN_PROGRESS", "TOOL_CALLS", "NEWER", "RUN_STATUS_UNSPECIFIED"])
def test_a_run_that_is_still_at_work_is_listened_to_further(status: str) -> None:
    machine = opened()
    machine.interrupted(None, 1.0)
    assert machine.asked(run(status)) is None
    assert machine.asked(run(status)) is None
    assert not machine.is_over


def test_silence_of_a_run_at_work_costs_no_attempt() -> None:
    machine = opened()
    for _ in range(50):
        assert machine.interrupted(IDLE, 1.0) == 1
        assert machine.asked(run("IN_PROGRESS")) is None


def test_clean_ends_of_a_run_at_work_cost_attempts() -> None:
    machine = opened(attempts=3)
    for pause in (1, 2):
        assert machine.interrupted(None, 1.0) == pause
        assert machine.asked(run("IN_PROGRESS")) is None
    machine.interrupted(None, 1.0)
    with pytest.raises(errors.StreamInterruptedError):
        machine.asked(run("IN_PROGRESS"))


def test_a_timeout_of_another_phase_is_no_silence() -> None:
    machine = opened()
    machine.interrupted(errors.RequestTimeoutError("e", phase="connect"), 1.0)
    machine.asked(run("IN_PROGRESS"))
    assert machine.interrupted(None, 1.0) == 2


ENDED = {"id": "m", "content": {"content": [{"text": {"content": "x"}}]}}


def test_an_ended_run_is_listened_to_while_there_are_attempts_then_its_state_is_the_last_event() -> None:
    machine = opened(start=4, attempts=3)
    for _ in range(2):
        machine.interrupted(None, 1.0)
        assert machine.asked(run("COMPLETED", completedMessage=ENDED)) is None
        assert not machine.is_over
    machine.interrupted(None, 1.0)
    last = machine.asked(None)
    assert last is not None
    assert (last.status, last.index, last.text, last.is_last) == (StreamEvent.DONE, 4, "x", True)
    assert machine.is_over


def test_a_run_that_is_known_to_have_ended_is_not_asked_again() -> None:
    machine = opened()
    machine.interrupted(None, 1.0)
    assert machine.must_ask
    machine.asked(run("COMPLETED"))
    machine.interrupted(None, 1.0)
    assert not machine.must_ask


@pytest.mark.parametrize("cause", [None, IDLE])
def test_without_attempts_to_spare_an_ended_run_still_gives_its_last_event(cause: Exception | None) -> None:
    machine = opened(attempts=1)
    machine.interrupted(cause, 1.0)
    assert machine.must_ask
    last = machine.asked(run("FAILED", error={"message": "m"}))
    assert last is not None
    assert (last.status, last.error) == (StreamEvent.ERROR, "m")


def test_a_broken_connection_alone_is_no_reason_to_ask() -> None:
    machine = opened()
    machine.interrupted(LOST, 1.0)
    assert not machine.must_ask


def test_an_event_that_comes_after_all_puts_the_made_one_off() -> None:
    machine = opened()
    machine.interrupted(None, 1.0)
    assert machine.asked(run("COMPLETED")) is None
    assert machine.accept(event(0))
    machine.interrupted(None, 1.0)
    assert machine.asked(run("COMPLETED")) is None
    assert not machine.is_over


def test_a_run_that_cannot_be_looked_at_is_told_with_the_reason_and_the_id_of_the_request() -> None:
    lost = errors.ConnectionLostError("get run 'r': the connection broke")
    lost.client_request_id = "mine"
    with pytest.raises(errors.StreamInterruptedError, match="get run 'r': the connection broke") as caught:
        listening(attempts=1).looked(None, lost)
    assert caught.value.__cause__ is lost
    assert caught.value.client_request_id == "mine"


def test_an_interruption_has_the_id_of_the_request_that_failed_last() -> None:
    lost = errors.ConnectionLostError("the connection broke")
    lost.client_request_id = "mine"
    with pytest.raises(errors.StreamInterruptedError) as caught:
        opened(attempts=1).interrupted(lost, 0.0)
    assert caught.value.client_request_id == "mine"


def test_the_last_event_of_a_failed_run_carries_its_error() -> None:
    last = last_event(run("FAILED", error={"code": 3, "message": "m"}), 7)
    assert (last.status, last.error, last.error_code, last.index) == (StreamEvent.ERROR, "m", 3, 7)


def test_the_last_event_of_a_run_without_a_state_is_empty() -> None:
    assert last_event(RunData(id="r"), 0).text is None


@settings(suppress_health_check=[HealthCheck.large_base_example, HealthCheck.too_slow], max_examples=30)
@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_each_event_comes_once_and_in_order_however_streams_break(count: int, dice: Random) -> None:
    stream = [event(index) for index in range(count - 1)] + [event(count - 1, "DONE")]
    machine = opened(attempts=10_000)
    delivered: list[int] = []
    while not machine.is_over:
        start = dice.randint(0, machine.next_index)
        end = dice.randint(start, count)
        lost = dice.randint(0, 2 * count)
        offered = (one for one in stream[start:end] if one.index != lost and machine.wants_more)
        delivered += [one.index for one in offered if machine.accept(one)]
        if not machine.is_over:
            assert 0 < machine.interrupted(dice.choice([None, LOST, IDLE]), 1.0) <= 8
    assert delivered == list(range(count))
