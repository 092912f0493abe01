"""Which request meets which fault: the plan alone, without a gateway."""

from __future__ import annotations

from typing import Any

import pytest

from yc_runs.testing import Answer, CutStream, Drip, Drop, Fault, Faults, Happened, Stall

RUNS, LISTEN = "/assistants/v1/runs", "/assistants/v1/runs/listen"


def taken(faults: Faults, *requests: tuple[str, str]) -> list[Fault | None]:
    return [faults.take(*request) for request in requests]


def test_a_gateway_without_faults_has_none() -> None:
    faults = Faults()
    assert faults.take("GET", RUNS) is None
    assert (faults.pending, faults.happened) == ((), ())


def test_a_fault_is_used_up_by_as_many_requests_as_it_is_for() -> None:
    faults = Faults()
    twice = faults.answer(503, times=2)
    assert taken(faults, ("GET", RUNS), ("POST", RUNS), ("GET", RUNS)) == [twice, twice, None]


def test_faults_for_the_same_requests_come_in_the_order_in_which_they_were_added() -> None:
    faults = Faults()
    wanted = [faults.answer(503), faults.drop("answer"), faults.drip(0.5), faults.stall(), faults.answer(429)]
    assert taken(faults, *[("GET", RUNS)] * 5) == wanted
    assert faults.pending == ()


def test_a_request_passes_over_the_faults_that_are_for_others() -> None:
    faults = Faults()
    cut, post = faults.cut_stream(after_events=1), faults.answer(500, method="post", path="*/runs")
    assert taken(faults, ("GET", RUNS), ("POST", RUNS + "/submit"), ("POST", RUNS)) == [None, None, post]
    assert faults.pending == (cut,)
    assert faults.take("GET", LISTEN) == cut


def test_a_fault_without_a_count_meets_every_request_until_it_is_cleared() -> None:
    faults = Faults()
    always = faults.drop(times=None)
    assert taken(faults, *[("GET", RUNS)] * 50) == [always] * 50
    faults.clear()
    assert faults.take("GET", RUNS) is None


def test_clearing_leaves_what_has_happened() -> None:
    faults = Faults()
    fault = faults.answer(500)
    faults.note(fault, "GET", RUNS)
    faults.clear()
    assert faults.happened == (Happened(fault, "GET", RUNS),)


@pytest.mark.parametrize(
    ("path", "met"),
    [
        (None, {RUNS, LISTEN, RUNS + "/a"}),
        ("*/runs", {RUNS}),
        ("*/runs*", {RUNS, LISTEN, RUNS + "/a"}),
        ("*/runs/*", {LISTEN, RUNS + "/a"}),
        (LISTEN, {LISTEN}),
        ("*/RUNS", set()),
    ],
)
def test_a_path_is_a_pattern(path: str | None, met: set[str]) -> None:
    fault = Answer(500, path=path)
    assert {at for at in (RUNS, LISTEN, RUNS + "/a") if fault.matches("GET", at)} == met


def test_faults_made_as_values_are_those_that_the_methods_make() -> None:
    faults, values = Faults(), Faults()
    faults.cut_stream(after_bytes=7, how="reset", times=2)
    faults.answer(429, retry_after=3, body={"code": 8}, headers={"x-a": "b"}, carried_out=True, path="*/runs")
    faults.drop("answer", how="closed", method="PATCH")
    faults.drip(1.5, path="*/a")
    faults.stall(2.0, before="answer", times=None)
    values.add(
        CutStream(after_bytes=7, how="reset", times=2),
        Answer(429, retry_after=3, body={"code": 8}, headers={"x-a": "b"}, carried_out=True, path="*/runs"),
        Drop(before="answer", how="closed", method="PATCH"),
        Drip(1.5, path="*/a"),
        Stall(seconds=2.0, before="answer", times=None),
    )
    assert faults.pending == values.pending


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Answer(500, times=0), "times: 0 is out of range, the least is 1"),
        (lambda: Answer(503, path="runs/submit"), "path 'runs/submit' meets no request: begin with / or"),
        (lambda: Answer(503, path=""), "path '' meets no request"),
        (lambda: Answer(99), "status must be from 200 to 599"),
        (lambda: CutStream(after_events=-1), "after_events: -1 is out of range, the least is 0"),
        (lambda: CutStream(after_bytes=-1), "after_bytes: -1 is out of range, the least is 0"),
        (lambda: CutStream(after_events=1, after_bytes=1), "not both"),
        (lambda: CutStream(how="gently"), "how must be one of clean, reset, truncated, late_error, html, stall"),
        (lambda: Drop(before="lunch"), "before must be one of connect, request, answer"),
        (lambda: Drop(how="stall"), "how must be one of reset, closed"),
        (lambda: Drip(float("nan")), "seconds: must be a number of seconds from 0"),
        (lambda: Stall(seconds=-1.0), "seconds: must be a number of seconds from 0, or None"),
        (lambda: Stall(before="connect"), "before must be one of request, answer"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_at_once(make: type[Fault], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        make()


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Answer("503"), "status: expected an int"),  # type: ignore[arg-type]
        (lambda: Answer(503, times=True), "times: expected an int"),
        (lambda: Answer(503, times="2"), "times: expected an int"),  # type: ignore[arg-type]
        (lambda: Answer(503, method=5), "method must be a str"),  # type: ignore[arg-type]
        (lambda: Answer(503, path=b"x"), "path must be a str"),  # type: ignore[arg-type]
        (lambda: Answer(503, retry_after="1"), "retry_after: expected a number of seconds"),  # type: ignore[arg-type]
        (lambda: Answer(503, headers={"x": 1}), "headers must be a dict of str to str"),  # type: ignore[dict-item]
        (lambda: Answer(503, headers="x"), "headers must be a dict of str to str"),  # type: ignore[arg-type]
        (lambda: Answer(503, body=5), "body must be"),  # type: ignore[arg-type]
        (lambda: Answer(503, carried_out="yes"), "carried_out: expected True or False"),  # type: ignore[arg-type]
        (lambda: CutStream(after_events="x"), "after_events: expected an int"),  # type: ignore[arg-type]
        (lambda: Stall(seconds="x"), "seconds: expected a number of seconds"),  # type: ignore[arg-type]
        (lambda: Drip(None), "seconds: expected a number of seconds"),  # type: ignore[arg-type]
        (lambda: Drip(True), "seconds: expected a number of seconds"),
    ],
)
def test_a_fault_of_wrong_kinds_is_refused_at_once_by_their_names(make: type[Fault], problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        make()


@pytest.mark.parametrize("wrong", ["x", 503, [Drop()], Drop, None])
def test_what_is_no_fault_is_not_added(wrong: Any) -> None:
    faults = Faults()
    with pytest.raises(TypeError, match=r"expected faults such as Drop\(\)"):
        faults.add(Drop(), wrong)
    assert faults.pending == ()
