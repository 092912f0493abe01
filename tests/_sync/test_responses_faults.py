# Generated from tests/_async/test_responses_faults.py by tools/generate_sync.py; do not edit.
"""Faults of a gateway on the paths of the second dialect: no event is lost, none comes twice, all come in order."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.answers import LEFT_UNREAD
from tests.support.clients import gateway_client
from tests.support.patience import trials
from tests.support.plans import NAME, Plan, Told, gateway_of, plans, results_for, told_by
from yc_runs import (
    APIError,
    Client,
    ConnectionLostError,
    FunctionTool,
    RateLimitError,
    Run,
    ServerError,
)
from yc_runs.testing import Answer, CutStream, Drop, Fault, Final, LocalGateway, Quirk
from yc_runs.testing.faults import CutHow
from yc_runs.wire.responses._events import TURN_SIZE

pytestmark = [LEFT_UNREAD]

ANSWERS = "*/v1/responses"
TAKEN_UP = "*/v1/responses/*?stream=true*"
PLAN = Plan(((("ab", "abc"), ("f", "f")), (("b", "c"), ("g",))), ("x", "xy"), Final("xyz"))
HOWS: list[CutHow] = [how for how in get_args(CutHow) if how != "stall"]
MODES = ["the answer", "what follows"]
NOT_AGAIN: list[Quirk] = ["no-resume", "ignores-stream", "no-background-stream"]
FIRST = 1100
"""How many bytes hold the first event of an answer, which tells of the run: a create that gets less is lost."""

Events = list[tuple[int, Told]]


def a_client(gateway: LocalGateway) -> Any:
    return gateway_client(gateway, dialect="responses")


def a_run(client: Client, *, stream: bool = True) -> Run:
    thread = client.threads.create("Hi")
    return client.runs.create(client.assistants.create(NAME), thread, stream=stream)


def heard(run: Run, **options: Any) -> Events:
    """Index and meaning of all events of a listen; the calls of the turn that the run is in are answered."""
    found = []
    with closing(run.listen(**options)) as events:
        for event in events:
            found.append((event.index, told_by(event)))
            if event.tool_calls and event.index // TURN_SIZE == len(run.response_ids) - 1:
                run.submit_tool_results(results_for(event))
    return found


def course_of(plan: Plan, faults: Iterable[Fault] = (), **settings: Any) -> tuple[Events, int]:
    """The events of a run, compared with those of a second listen and with the result; and how many faults there were.

    The faults come when the thread is there.
    """
    gateway = gateway_of(plan, **settings)
    with a_client(gateway) as client:
        assistant, thread = client.assistants.create(NAME), client.threads.create("Hi")
        gateway.faults.add(*faults)
        run = client.runs.create(assistant, thread, stream=True)
        events = heard(run)
        gateway.faults.clear()
        assert events[-1][1][1:] == told_by(run.wait())[1:]
        if not gateway.quirks.intersection(NOT_AGAIN):
            assert heard(run) == events
        return events, len(gateway.faults.happened)


def cuts(mode: str, how: CutHow, **place: int) -> list[CutStream]:
    """Cuts of each answer at a place; or there of the streams that are taken up instead, after another cut."""
    answer = place if mode == "the answer" else {"after_events": 3}
    first = CutStream(method="POST", path=ANSWERS, how=how, times=None, **answer)
    # Half a document that comes twice in a row is the gateway's own doing, and no fault that passes.
    times = 1 if how == "late_error" and "after_bytes" in place else 2
    return [first] if mode == "the answer" else [first, CutStream(path=TAKEN_UP, how=how, times=times, **place)]


def places(mode: str) -> range:
    """After how many events to cut: an answer is cut after the first at the earliest."""
    return range(0 if mode == "what follows" else 1, 13, stride(3))


def bytes_of(mode: str) -> range:
    """The same for bytes."""
    return range(0 if mode == "what follows" else FIRST, 6000, stride(797))


def stride(step: int) -> int:
    return step


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("how", HOWS)
def test_each_event_comes_once_wherever_a_stream_is_cut(how: CutHow, mode: str) -> None:
    whole, _ = course_of(PLAN)
    for place in [
        *({"after_events": after} for after in places(mode)),
        *({"after_bytes": at} for at in bytes_of(mode)),
    ]:
        events, happened = course_of(PLAN, cuts(mode, how, **place))
        assert events == whole, place
        assert happened, place


@pytest.mark.parametrize("place", [{"after_events": 4}, {"after_bytes": FIRST}])
def test_each_event_comes_once_though_a_stream_falls_silent(place: dict[str, int]) -> None:
    whole, _ = course_of(PLAN)
    for trial in trials():
        with trial as limit:
            gateway = gateway_of(PLAN)
            gateway.faults.cut_stream(method="POST", path=ANSWERS, how="stall", times=None, **place)
            gateway.faults.cut_stream(path=TAKEN_UP, how="stall", after_events=1)
            with a_client(gateway) as client:
                assert heard(a_run(client), idle_timeout=limit) == whole
            assert len(gateway.faults.happened) == 4


BREAKS: st.SearchStrategy[Any] = st.sampled_from(["reset", "closed"])
PASSING: st.SearchStrategy[Fault] = st.one_of(
    st.builds(CutStream, path=st.just(TAKEN_UP), after_events=st.integers(0, 12), how=st.sampled_from(HOWS)),
    st.builds(CutStream, path=st.just(TAKEN_UP), after_bytes=st.integers(0, 5000), how=st.sampled_from(HOWS[:3])),
    st.builds(Answer, st.sampled_from([429, 502, 503, 504]), method=st.just("GET")),
    st.builds(Answer, st.just(429), method=st.just("POST")),
    st.builds(Drop, before=st.sampled_from(["request", "answer"]), how=BREAKS, method=st.just("GET")),
    st.builds(Drop, before=st.just("connect")),
)
CUTS = st.builds(
    CutStream,
    method=st.just("POST"),
    path=st.just(ANSWERS),
    after_events=st.integers(1, 12),
    how=st.sampled_from(HOWS),
    times=st.none(),
)
HARMLESS: list[Quirk] = ["ignores-starting-after", "data-before-event", "comments", "done-marker", "call-id-is-name"]


@settings(max_examples=20)
@given(
    plan=plans(rounds=2),
    cut=CUTS,
    faults=st.lists(PASSING, max_size=2),
    quirks=st.sets(st.sampled_from(HARMLESS)),
)
def test_whatever_passes_costs_no_event(plan: Plan, cut: CutStream, faults: list[Fault], quirks: set[Quirk]) -> None:
    events, _ = course_of(plan, [*faults, cut], quirks=quirks)
    assert events == course_of(plan, quirks=quirks)[0]


@pytest.mark.parametrize("quirk", NOT_AGAIN)
@pytest.mark.parametrize("how", HOWS)
def test_where_a_cut_stream_cannot_be_had_again_the_run_still_comes_to_its_end(how: CutHow, quirk: Quirk) -> None:
    whole, _ = course_of(PLAN, quirks={quirk})
    for after in places("the answer"):
        gateway = gateway_of(PLAN, quirks={quirk})
        with a_client(gateway) as client:
            gateway.faults.cut_stream(method="POST", path=ANSWERS, how=how, times=None, after_events=after)
            run = a_run(client)
            told = [event for _, event in heard(run)]
        ends = [event for _, event in whole if event[0] != "PARTIAL_MESSAGE"]
        assert [event for event in told if event[0] != "PARTIAL_MESSAGE"] == ends
        rest = iter(event for _, event in whole)
        assert all(event in rest for event in told)


@pytest.mark.parametrize(
    "fault",
    [
        *(Answer(status, method="GET", retry_after=0.5, times=3) for status in (429, 502, 503, 504)),
        *(Drop(before=before, method="GET", times=3) for before in ("request", "answer")),
    ],
    ids=str,
)
def test_a_wait_and_a_reading_outlive_what_passes(fault: Fault) -> None:
    gateway = gateway_of(Plan((), (), Final("x")), polls=2)
    with a_client(gateway) as client:
        run = a_run(client, stream=False)
        gateway.faults.add(fault)
        assert run.wait().text == "x"
        gateway.faults.add(fault)
        assert [message.text for message in client.messages.list(run.thread_id)] == ["x", "Hi"]
    assert len(gateway.faults.happened) == 6


def lost_submit(gateway: LocalGateway, run: Run, before: Any) -> list[dict[str, str]]:
    """Submit results, which is lost before something happens; gives the results."""
    results = results_for(run.wait())
    gateway.faults.drop(before, method="POST")
    with pytest.raises(ConnectionLostError) as caught:
        run.submit_tool_results(results)
    assert caught.value.maybe_applied
    assert len(run.response_ids) == 1
    return results


@pytest.mark.parametrize("before", ["request", "answer"])
def test_results_whose_submit_broke_are_sent_again_only_by_the_caller(before: Any) -> None:
    gateway = gateway_of(PLAN)
    with a_client(gateway) as client:
        thread = client.threads.create("Hi", tools=FunctionTool(name="f", description="", parameters={}))
        run = client.runs.create(client.assistants.create(NAME), thread, stream=True)
        run.submit_tool_results(lost_submit(gateway, run, before))
        run.submit_tool_results(results_for(run.wait()))
        assert run.wait().text == "xyz|f0.0|f0.1|g1.0"
    assert [request.method for request in gateway.requests if request.path == "/v1/responses"] == ["POST"] * 4


@pytest.mark.parametrize("quirks", [set(), {"call-id-is-name"}], ids=str)
@pytest.mark.parametrize("before", ["request", "answer"])
def test_in_a_conversation_results_whose_submit_broke_arrive_once(before: Any, quirks: set[Quirk]) -> None:
    gateway = gateway_of(PLAN, quirks=quirks)
    with a_client(gateway) as client:
        run = a_run(client)
        results = results_for(run.wait())
        gateway.faults.drop(before, method="POST", path="*/responses")
        with pytest.raises(ConnectionLostError):
            run.submit_tool_results(results)
        run.submit_tool_results(results)
        run.submit_tool_results(results_for(run.wait()))
        assert run.wait().text == "xyz|f0.0|f0.1|g1.0"
        texts = [message.text for message in client.messages.list(run.thread_id)]
    assert texts == ["xyz|f0.0|f0.1|g1.0", "c", "abc", "Hi"]


@pytest.mark.parametrize(
    ("fault", "error", "maybe_applied"),
    [
        (CutStream(path=ANSWERS), ConnectionLostError, True),
        (CutStream(path=ANSWERS, after_bytes=FIRST // 2, how="reset"), ConnectionLostError, True),
        (CutStream(path=ANSWERS, how="late_error"), ServerError, True),
        (Answer(502), ServerError, True),
        (Answer(429, retry_after=3600), RateLimitError, False),
    ],
    ids=str,
)
def test_a_create_that_breaks_before_it_tells_of_the_run_says_whether_it_may_have_been_carried_out(
    fault: Fault, error: type[APIError], maybe_applied: bool
) -> None:
    gateway = gateway_of(PLAN)
    with a_client(gateway) as client:
        assistant, thread = client.assistants.create(NAME), client.threads.create("Hi")
        gateway.faults.add(fault)
        with pytest.raises(error) as caught:
            client.runs.create(assistant, thread, stream=True)
        assert caught.value.maybe_applied == maybe_applied
    assert len(gateway.requests) == 2
