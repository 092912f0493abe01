# Generated from tests/_async/test_fault_waiting.py by tools/generate_sync.py; do not edit.
"""Waits through answers that are lost, late or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.support.answers import (
    LEFT_UNREAD,
    RUN_ID,
    calling,
    completed,
    done_event,
    events_answer,
    ok,
    partial_event,
    refusal,
    run_json,
)
from tests.support.clients import make_client
from tests.support.clocks import FakeClock
from yc_runs import NotFoundError, PermissionDeniedError, PollTimeoutError, Run, RunsError

pytestmark = [LEFT_UNREAD]

TROUBLE: dict[str, Callable[[], Any]] = {
    "503": lambda: refusal(503),
    "502 page": lambda: refusal(502, "<html>"),
    "504": lambda: refusal(504),
    "429": lambda: refusal(429),
    "429 for long": lambda: refusal(429, retry_after="3600"),
    "reset": lambda: httpx.ReadError("reset"),
    "cut": lambda: httpx.RemoteProtocolError("cut"),
    "refused": lambda: httpx.ConnectError("refused"),
    "late": lambda: httpx.ReadTimeout("late"),
}


class Gateway:
    """Looks and streams, each answered by a function of how many came before."""

    def __init__(self, look: Callable[[int], Any], listen: Callable[[int], Any] | None = None) -> None:
        self._look, self._listen = look, listen
        self.looks = self.listens = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/listen"):
            self.listens += 1
            answer = self._listen(self.listens) if self._listen else refusal(501, {"code": 12, "message": "no"})
        else:
            self.looks += 1
            answer = self._look(self.looks)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]


def a_run(gateway: Gateway, **settings: Any) -> Run:
    return make_client(gateway, **settings).runs.get(RUN_ID)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_trouble_in_the_middle_costs_a_retry_and_never_the_wait(trouble: str) -> None:
    gateway = Gateway(lambda n: ok(run_json()) if n < 3 else TROUBLE[trouble]() if n < 40 else ok(completed()))
    result = a_run(gateway).wait()
    assert result.is_succeeded


def test_what_does_not_pass_ends_the_wait_at_once() -> None:
    gateway = Gateway(lambda n: ok(run_json()) if n < 3 else refusal(403))
    with pytest.raises(PermissionDeniedError):
        a_run(gateway).wait()
    assert gateway.looks == 3


def test_trouble_to_the_end_is_a_poll_timeout_with_the_last_status() -> None:
    clock = FakeClock()
    run = a_run(Gateway(lambda n: ok(run_json()) if n < 3 else refusal(503)), clock=clock)
    started = clock.passed
    with pytest.raises(PollTimeoutError) as caught:
        run.wait(poll_timeout=20)
    assert caught.value.status.name == "PENDING"
    assert clock.passed - started <= 20


@pytest.mark.parametrize("via", ["poll", "listen"])
@pytest.mark.parametrize("luck", [0.0, 0.999])
def test_polls_come_soon_then_less_often_and_never_too_late(luck: float, via: Any) -> None:
    clock = FakeClock(luck)
    run = a_run(Gateway(lambda n: ok(run_json())), clock=clock)
    with pytest.raises(PollTimeoutError):
        run.wait(poll_timeout=10, poll_interval=2, via=via)
    assert clock.slept[0] <= 0.1
    assert clock.slept == sorted(clock.slept)
    assert 1.5 <= clock.slept[-1] <= 2
    assert 8 <= clock.passed <= 10


def test_a_wait_that_starts_with_no_time_looks_once() -> None:
    gateway = Gateway(lambda n: ok(run_json()))
    run = a_run(gateway)
    with pytest.raises(PollTimeoutError):
        run.wait(poll_timeout=0)
    assert gateway.looks == 2


def told(n: int) -> httpx.Response:
    return events_answer(partial_event(0, "a"), done_event(1))


BROKEN: dict[str, Callable[[int], Any] | None] = {
    "absent": None,
    "404": lambda n: refusal(404),
    "500": lambda n: refusal(500),
    "503": lambda n: refusal(503),
    "a page": lambda n: httpx.Response(200, text="<html>"),
    "no event": lambda n: events_answer(b"data: 1\n\n"),
    "reset": lambda n: httpx.ReadError("reset"),
    "cut": lambda n: events_answer(partial_event(0, "a"), httpx.ReadError("reset")),
    "gap": lambda n: events_answer(done_event(7)),
    "ends at once": lambda n: events_answer(),
}


@pytest.mark.parametrize("listen", BROKEN)
def test_a_gateway_whose_listen_is_broken_still_allows_both_waits(listen: str) -> None:
    for via in ("poll", "listen"):
        gateway = Gateway(lambda n: ok(run_json() if n < 20 else completed()), BROKEN[listen])
        result = a_run(gateway).wait(via=via)
        assert result.is_succeeded
        assert (gateway.listens > 0) is (via == "listen")


def test_a_wait_on_the_stream_looks_only_when_there_is_something_to_see() -> None:
    gateway = Gateway(lambda n: ok(run_json() if n < 3 else completed()), told)
    assert a_run(gateway).wait(via="listen").is_succeeded
    assert (gateway.looks, gateway.listens) == (3, 1)


def test_a_stream_that_fails_in_an_outage_costs_the_wait_nothing() -> None:
    """The run was seen, then nothing answers for a while, neither stream nor look."""
    gateway = Gateway(lambda n: ok(run_json()) if n < 3 else refusal(503) if n < 30 else ok(completed()), BROKEN["503"])
    assert a_run(gateway).wait(via="listen").is_succeeded


@pytest.mark.parametrize("trouble", ["503", "reset", "late", "429"])
def test_a_gateway_whose_looks_fail_for_a_while_still_allows_listen(trouble: str) -> None:
    def listen(n: int) -> Any:
        return events_answer(partial_event(0, "a")) if n < 3 else events_answer(done_event(1))

    gateway = Gateway(lambda n: ok(run_json()) if n == 1 else TROUBLE[trouble](), listen)
    run = a_run(gateway)
    assert [event.index for event in run.listen()] == [0, 1]
    assert gateway.looks > 1


def test_a_run_that_is_gone_ends_the_listen() -> None:
    gateway = Gateway(lambda n: ok(run_json()) if n == 1 else refusal(404), lambda n: events_answer())
    run = a_run(gateway)
    with pytest.raises(NotFoundError):
        assert [event for event in run.listen()] == []


@pytest.mark.parametrize("via", ["poll", "listen"])
def test_calls_that_were_answered_are_not_given_back_however_long_they_are_shown(via: Any) -> None:
    def look(n: int) -> Any:
        return ok({}) if n == 2 else ok(calling("f") if n < 9 else completed())

    gateway = Gateway(look, lambda n: events_answer(done_event(0)))
    run = a_run(gateway)
    run.submit_tool_results({"name": "f", "content": "1"})
    assert run.wait(via=via).text == "It is done."


def test_errors_of_a_wait_are_all_ours() -> None:
    with pytest.raises(RunsError):
        a_run(Gateway(lambda n: httpx.ReadError("reset")))
