# Generated from tests/_async/test_fault_seeing.py by tools/generate_sync.py; do not edit.
"""What a hook is told of, and what is known of the last answer."""

from __future__ import annotations

import logging
import pickle
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
    completed,
    done_event,
    events_answer,
    message_json,
    ok,
    partial_event,
    refusal,
    run_json,
    streamed,
)
from tests.support.clients import Script, make_client
from yc_runs import ConfigurationError, EnvToken, RetryPolicy, RunsError, ServerError
from yc_runs.observe import Observation, to_logging, to_opentelemetry

pytestmark = [LEFT_UNREAD]

RUN_PATH = "/assistants/v1/runs/{run_id}"


def brief(seen: Observation) -> tuple[Any, ...]:
    return seen.kind, seen.method, seen.path, seen.attempt, seen.wait, seen.status, seen.error


def test_the_hook_sees_every_attempt_and_every_retry() -> None:
    seen: list[Observation] = []
    script = Script(refusal(503, x_request_id="g-1"), httpx.ReadError("reset"), ok(run_json(), x_request_id="g-2"))
    client = make_client(script, hook=seen.append)
    client.runs.get(RUN_ID)
    assert [brief(each) for each in seen] == [
        ("attempt", "GET", RUN_PATH, 1, None, 503, None),
        ("retry", "GET", RUN_PATH, 1, 0.125, 503, "ServerError"),
        ("attempt", "GET", RUN_PATH, 2, None, None, "ConnectionLostError"),
        ("retry", "GET", RUN_PATH, 2, 0.25, None, "ConnectionLostError"),
        ("attempt", "GET", RUN_PATH, 3, None, 200, None),
    ]
    attempts = [each for each in seen if each.kind == "attempt"]
    assert [each.seconds for each in attempts] == [0, 0, 0]
    assert [each.request_id for each in attempts] == ["g-1", None, "g-2"]
    sent = [request.headers["x-client-request-id"] for request in script.requests]
    assert [each.client_request_id for each in attempts if each.status] == [sent[0], sent[2]]


def test_the_hook_sees_resumes_and_their_attempts() -> None:
    seen: list[Observation] = []
    answers = [ok(run_json()), events_answer(partial_event(0, "a"), httpx.ReadError("reset")), refusal(502)]
    client = make_client(Script(*answers, events_answer(done_event(1))), hook=seen.append)
    run = client.runs.get(RUN_ID)
    assert [event.index for event in run.listen()] == [0, 1]
    resumes = [each for each in seen if each.kind == "resume"]
    assert [(each.path, each.attempt, each.wait, each.status, each.error) for each in resumes] == [
        ("/assistants/v1/runs/listen", 1, 0.125, None, "ConnectionLostError"),
        ("/assistants/v1/runs/listen", 2, 0.25, 502, "ServerError"),
    ]


def test_retries_and_resumes_carry_the_ids_of_the_attempt_that_failed() -> None:
    seen: list[Observation] = []
    cut = events_answer(partial_event(0, "a"), httpx.ReadError("reset"))
    late = refusal(502, x_request_id="g-4")
    answers = [refusal(503, x_request_id="g-1"), httpx.ReadError("reset"), ok(run_json()), cut, late]
    script = Script(*answers, events_answer(done_event(1)))
    run = make_client(script, hook=seen.append).runs.get(RUN_ID)
    assert [event.index for event in run.listen()] == [0, 1]
    sent = [request.headers["x-client-request-id"] for request in script.requests]
    told = [(each.request_id, each.client_request_id) for each in seen if each.kind in ("retry", "resume")]
    assert told == [("g-1", sent[0]), (None, sent[1]), (None, sent[3]), ("g-4", sent[4])]


@pytest.mark.parametrize("error", [httpx.ConnectError("no"), httpx.ReadError("reset"), httpx.ReadTimeout("late")])
def test_what_was_lost_has_the_id_that_was_sent(error: Exception) -> None:
    script = Script(error)
    with pytest.raises(RunsError) as caught:
        make_client(script, retry=RetryPolicy(attempts=1)).runs.get(RUN_ID)
    sent = script.request.headers["x-client-request-id"]
    assert caught.value.client_request_id == sent
    assert pickle.loads(pickle.dumps(caught.value)).client_request_id == sent


def test_what_was_never_sent_has_no_id() -> None:
    with pytest.raises(ConfigurationError) as caught:
        make_client(Script(), auth=EnvToken("YC_RUNS_NO_SUCH_TOKEN")).runs.get(RUN_ID)
    assert caught.value.client_request_id is None


def test_the_hook_sees_the_resumes_of_a_message_list() -> None:
    seen: list[Observation] = []
    broken = events_answer(message_json(), httpx.ReadError("reset"))
    client = make_client(Script(broken, events_answer(message_json())), hook=seen.append)
    assert len([message for message in client.messages.list(THREAD_ID)]) == 1
    path = "/assistants/v1/messages"
    assert [brief(each) for each in seen] == [
        ("attempt", "GET", path, 1, None, 200, None),
        ("attempt", "GET", path, 1, None, 200, "ConnectionLostError"),
        ("resume", "GET", path, 1, 0.125, None, "ConnectionLostError"),
        ("attempt", "GET", path, 1, None, 200, None),
    ]


BODIES: dict[str, Callable[[], httpx.Response]] = {
    "ConnectionLostError": lambda: streamed(Body([b"{", httpx.ReadError("reset")]), x_request_id="g-1"),
    "RequestTimeoutError": lambda: streamed(Body([b"{", httpx.ReadTimeout("late")]), x_request_id="g-1"),
    "DecodeError": lambda: ok({"id": 5}, x_request_id="g-1"),
}


@pytest.mark.parametrize("error", BODIES)
def test_an_attempt_whose_body_breaks_is_seen_once_more_with_status_and_error(error: str) -> None:
    seen: list[Observation] = []
    script = Script(BODIES[error]())
    with pytest.raises(RunsError):
        make_client(script, hook=seen.append, retry=RetryPolicy(attempts=1)).runs.get(RUN_ID)
    told = [(each.kind, each.status, each.error, each.request_id, each.client_request_id) for each in seen]
    sent = script.request.headers["x-client-request-id"]
    assert told == [("attempt", 200, None, "g-1", sent), ("attempt", 200, error, "g-1", sent)]


def test_the_hook_sees_polls() -> None:
    seen: list[Observation] = []
    script = Script(ok(run_json()), ok(run_json()), ok(run_json()), ok(completed()))
    client = make_client(script, hook=seen.append)
    client.runs.get(RUN_ID).wait()
    polls = [each for each in seen if each.kind == "poll"]
    assert [(each.method, each.path, each.attempt) for each in polls] == [("GET", RUN_PATH, 1), ("GET", RUN_PATH, 2)]
    assert all(each.wait and each.wait <= 0.15 for each in polls)
    assert len([each for each in seen if each.kind == "attempt"]) == 4


def test_a_write_is_seen_with_its_path_and_no_id() -> None:
    seen: list[Observation] = []
    client = make_client(Script(refusal(500)), hook=seen.append)
    with pytest.raises(ServerError):
        client.runs.create(ASSISTANT_ID, THREAD_ID)
    assert [brief(each) for each in seen] == [("attempt", "POST", "/assistants/v1/runs", 1, None, 500, None)]


def test_a_hook_that_raises_is_logged_and_does_not_touch_the_call(caplog: pytest.LogCaptureFixture) -> None:
    def broken(seen: Observation) -> None:
        raise KeyError("mine")

    client = make_client(Script(refusal(503), ok(run_json())), hook=broken)
    assert client.runs.get(RUN_ID).id == RUN_ID
    logged = [record for record in caplog.records if record.name == "yc_runs" and record.levelno == logging.ERROR]
    assert [record.getMessage() for record in logged] == [
        f"the hook failed at a {kind} of {RUN_PATH}" for kind in ("attempt", "retry", "attempt")
    ]


def test_logging_has_a_line_for_each_with_trouble_one_level_higher(caplog: pytest.LogCaptureFixture) -> None:
    target = logging.getLogger("tests.seeing")
    caplog.set_level(logging.INFO, logger=target.name)
    client = make_client(Script(httpx.ReadError("reset"), ok(run_json())), hook=to_logging(target))
    client.runs.get(RUN_ID)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == target.name]
    assert lines == [
        ("WARNING", f"attempt 1 of GET {RUN_PATH}, ConnectionLostError, took 0.000 s"),
        ("WARNING", f"retry 1 of GET {RUN_PATH}, ConnectionLostError, next in 0.125 s"),
        ("INFO", f"attempt 2 of GET {RUN_PATH}, status 200, took 0.000 s"),
    ]
    assert caplog.records[-1].__dict__["observation"].status == 200


def test_opentelemetry_gets_events_on_the_current_span(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry import trace

    events: list[Any] = []

    class Span(trace.NonRecordingSpan):
        def add_event(self, name: str, attributes: Any = None, timestamp: int | None = None) -> None:
            events.append((name, attributes))

    client = make_client(Script(refusal(503), ok(run_json())), hook=to_opentelemetry())
    with trace.use_span(Span(trace.INVALID_SPAN_CONTEXT)):
        client.runs.get(RUN_ID)
    assert [name for name, _ in events] == ["yc_runs.attempt", "yc_runs.retry", "yc_runs.attempt"]
    assert events[1][1]["yc_runs.wait"] == 0.125
    assert events[2][1]["yc_runs.status"] == 200
    assert all(isinstance(value, (str, int, float)) for _, attributes in events for value in attributes.values())


def test_the_last_answer_can_be_looked_at_whatever_came_of_it() -> None:
    script = Script(ok(run_json(), x_request_id="g-1", x_server_trace_id="t-1"), refusal(404, x_request_id="g-2"))
    client = make_client(script)
    assert client.raw_response is None
    client.runs.get(RUN_ID)
    raw = client.raw_response
    assert raw is not None
    assert (raw.status, raw.request_id, raw.trace_id, raw.headers["X-Request-Id"]) == (200, "g-1", "t-1", "g-1")
    assert raw.client_request_id == script.request.headers["x-client-request-id"]
    with pytest.raises(RunsError):
        client.runs.get(RUN_ID)
    assert client.raw_response is not None
    assert (client.raw_response.status, client.raw_response.request_id) == (404, "g-2")


def test_each_client_has_its_own_last_answer() -> None:
    one, other = make_client(Script(ok(run_json()))), make_client(Script(refusal(404)))
    one.runs.get(RUN_ID)
    with pytest.raises(RunsError):
        other.runs.get(RUN_ID)
    assert (one.raw_response and one.raw_response.status) == 200
    assert (other.raw_response and other.raw_response.status) == 404
