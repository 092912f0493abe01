"""The synchronous client against a gateway that misbehaves, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clients import FOLDER_ID, SECRET
from tests.support.clocks import FakeClock
from tests.support.patience import trials
from yc_runs import Client
from yc_runs.errors import (
    ConnectionLostError,
    DecodeError,
    RequestTimeoutError,
    ServerError,
    StreamInterruptedError,
)
from yc_runs.testing import LocalGateway, ToolCalls
from yc_runs.testing.script import FunctionCall

WANTED = [(0, "one"), (1, "one two"), (2, "one two")]


@pytest.fixture
def client(gateway: LocalGateway) -> Iterator[Client]:
    """A client of ``gateway`` that does not sleep."""
    with (
        gateway.serve() as url,
        Client(base_url=url, folder_id=FOLDER_ID, auth=SECRET, clock=FakeClock()) as client,
    ):
        yield client


def heard(run: Any, **options: Any) -> list[tuple[int, str | None]]:
    return [(event.index, event.text) for event in run.listen(**options)]


@pytest.mark.parametrize("how", ["clean", "reset", "truncated", "late_error", "html"])
def test_each_event_comes_once_however_the_stream_is_cut(gateway: LocalGateway, client: Client, how: Any) -> None:
    run = client.runs.create("echo", gateway.add_thread("one two"), stream=True)
    for cut in ({}, {"after_events": 1}, {"after_events": 2}, {"after_bytes": 40}, {"after_bytes": 150}):
        gateway.faults.cut_stream(**cut, how=how)
        assert heard(run) == WANTED, cut
    assert len(gateway.faults.happened) == 5


def test_each_event_comes_once_though_the_stream_falls_silent(gateway: LocalGateway, client: Client) -> None:
    run = client.runs.create("echo", gateway.add_thread("one two"), stream=True)
    for trial in trials():
        with trial as limit:
            gateway.faults.clear()
            gateway.faults.cut_stream(after_events=1, how="stall")
            assert heard(run, idle_timeout=limit) == WANTED
            assert gateway.faults.pending == ()


def test_a_listen_that_is_hopeless_says_where_to_go_on(gateway: LocalGateway, client: Client) -> None:
    gateway.faults.cut_stream(after_events=2, how="truncated")
    gateway.faults.cut_stream(how="truncated", times=None)
    run = client.runs.create("echo", gateway.add_thread("one two"), stream=True)
    with pytest.raises(StreamInterruptedError) as caught:
        heard(run)
    assert caught.value.next_event_idx == 2
    gateway.faults.clear()
    assert heard(run, events_start_idx=2) == WANTED[2:]


def test_a_wait_outlives_all_that_passes(gateway: LocalGateway, client: Client) -> None:
    run = client.runs.create("echo", gateway.add_thread("one"))
    gateway.faults.answer(429, retry_after=0.5)
    gateway.faults.answer(502, body="<html>no</html>")
    gateway.faults.drop("answer")
    assert run.wait().text == "one"
    assert len(gateway.faults.happened) == 3


@pytest.mark.parametrize(("before", "left"), [("request", 0), ("answer", 1)])
@pytest.mark.parametrize("how", ["reset", "closed"])
def test_a_create_that_broke_is_not_sent_again(
    gateway: LocalGateway, client: Client, before: Any, left: int, how: Any
) -> None:
    gateway.faults.drop(before, how=how, method="POST")
    with pytest.raises(ConnectionLostError) as caught:
        client.runs.create("echo", gateway.add_thread("one"))
    assert caught.value.maybe_applied
    assert len(list(client.runs.list())) == left


def test_a_create_that_a_proxy_answered_may_have_been_carried_out(gateway: LocalGateway, client: Client) -> None:
    gateway.faults.answer(503, method="POST", carried_out=True)
    with pytest.raises(ServerError) as caught:
        client.runs.create("echo", gateway.add_thread("one"))
    assert caught.value.maybe_applied
    assert len(list(client.runs.list())) == 1


def test_a_create_whose_time_is_over_may_have_been_carried_out(gateway: LocalGateway, client: Client) -> None:
    for trial in trials():
        with trial as limit:
            gateway.faults.clear()
            gateway.faults.stall(before="answer", method="POST")
            were = len(list(client.runs.list()))
            with pytest.raises(RequestTimeoutError) as caught:
                client.runs.create("echo", gateway.add_thread("one"), timeout=limit)
            assert caught.value.maybe_applied
            assert len(list(client.runs.list())) == were + 1


def test_results_whose_answer_was_lost_are_not_submitted_twice(gateway: LocalGateway, client: Client) -> None:
    def asking(messages: object, tools: object) -> Any:
        (result,) = yield ToolCalls([FunctionCall("f")])
        return f"thanks for {result.content}"

    gateway.faults.drop("answer", path="*/runs/submit")
    run = client.runs.create(gateway.add_assistant(asking), gateway.add_thread("one"))
    run.wait()
    with pytest.raises(ConnectionLostError):
        run.submit_tool_results({"name": "f", "content": "42"})
    run.submit_tool_results({"name": "f", "content": "42"})
    assert run.wait().text == "thanks for 42"
    assert [request.path for request in gateway.requests].count("/assistants/v1/runs/submit") == 1


def test_an_answer_that_drips_cannot_hold_a_call(gateway: LocalGateway) -> None:
    with gateway.serve() as url, Client(base_url=url, folder_id=FOLDER_ID, auth=SECRET) as client:
        run = client.runs.create("echo", gateway.add_thread("one"))
        gateway.faults.drip(0.01, method="GET")
        with pytest.raises(RequestTimeoutError):
            client.runs.get(run.id, timeout=0.1)


def test_an_answer_that_is_none_is_a_decode_error(gateway: LocalGateway, client: Client) -> None:
    gateway.faults.answer(200, body=b"{broken")
    with pytest.raises(DecodeError):
        client.runs.get("some-run")
