# Generated from tests/_async/test_respx_calls.py by tools/generate_sync.py; do not edit.
"""The client with its own connections, mocked beneath httpx: what reaches the wire, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import respx

from tests.support.answers import ASSISTANT_ID, RUN_ID, THREAD_ID, run_json
from tests.support.clocks import FakeClock
from yc_runs import Client, FunctionTool, NotFoundError, RequestTimeoutError, RetryPolicy, RunStatus, ServerError

HOST = "https://rest-assistant.api.cloud.yandex.net"
RUNS = f"{HOST}/assistants/v1/runs"


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=True) as router:
        yield router


def a_client(**settings: Any) -> Client:
    return Client(folder_id="f1", auth="a-key", clock=FakeClock(), **settings)


def test_a_get_goes_to_the_clouds_gateway_with_the_key_and_the_folder(router: respx.MockRouter) -> None:
    route = router.get(f"{RUNS}/{RUN_ID}").respond(200, json=run_json("COMPLETED"))
    with a_client() as client:
        run = client.runs.get(RUN_ID)
    headers = route.calls.last.request.headers
    assert run.id == RUN_ID
    assert headers["authorization"] == "Api-Key a-key"
    assert headers["x-folder-id"] == "f1"
    assert headers["x-client-request-id"]


def test_a_create_posts_the_contracts_body(router: respx.MockRouter) -> None:
    route = router.post(RUNS).respond(200, json=run_json())
    with a_client() as client:
        client.runs.create(
            ASSISTANT_ID,
            THREAD_ID,
            custom_temperature=0,
            custom_max_tokens=7,
            tools=FunctionTool(name="f"),
            stream=True,
        )
    assert json.loads(route.calls.last.request.content) == {
        "assistantId": ASSISTANT_ID,
        "threadId": THREAD_ID,
        "stream": True,
        "customCompletionOptions": {"temperature": 0.0, "maxTokens": "7"},
        "tools": [{"function": {"name": "f"}}],
    }


def test_an_id_with_slashes_stays_one_segment_of_the_path(router: respx.MockRouter) -> None:
    router.route().respond(404, json={"code": 5, "message": "no such run"}, headers={"x-request-id": "rq-1"})
    with a_client() as client:
        with pytest.raises(NotFoundError, match=r"no such run.*rq-1"):
            client.runs.get("../threads/t1?x=y")
    assert router.calls.last.request.url.raw_path == b"/assistants/v1/runs/..%2Fthreads%2Ft1%3Fx%3Dy"


def test_the_last_run_of_a_thread_is_asked_for_under_its_odd_path(router: respx.MockRouter) -> None:
    route = router.get(f"{RUNS}:getByThread", params={"threadId": THREAD_ID}).respond(200, json=run_json())
    with a_client() as client:
        assert client.runs.get_last_by_thread(THREAD_ID).thread_id == THREAD_ID
    assert route.call_count == 1


def test_a_get_is_sent_again_after_a_503_and_a_lost_connection(router: respx.MockRouter) -> None:
    answers = [httpx.Response(503, text="upstream"), httpx.ReadError("reset"), httpx.Response(200, json=run_json())]
    route = router.get(f"{RUNS}/{RUN_ID}").mock(side_effect=answers)
    with a_client() as client:
        assert client.runs.get(RUN_ID).id == RUN_ID
    assert route.call_count == 3


def test_a_create_is_not_sent_again_after_a_503(router: respx.MockRouter) -> None:
    route = router.post(RUNS).respond(503, text="upstream connect error")
    with a_client(retry=RetryPolicy(attempts=5)) as client:
        with pytest.raises(ServerError) as caught:
            client.runs.create(ASSISTANT_ID, THREAD_ID)
    assert caught.value.maybe_applied
    assert route.call_count == 1


def test_a_write_that_gets_no_answer_names_the_phase_and_may_have_been_applied(router: respx.MockRouter) -> None:
    route = router.post(RUNS).mock(side_effect=httpx.ReadTimeout("nothing came"))
    with a_client() as client:
        with pytest.raises(RequestTimeoutError) as caught:
            client.runs.create(ASSISTANT_ID, THREAD_ID)
    assert (caught.value.phase, caught.value.maybe_applied, route.call_count) == ("read", True, 1)


def test_a_listen_reads_the_events_of_a_mocked_stream(router: respx.MockRouter) -> None:
    events = [
        {
            "eventType": "PARTIAL_MESSAGE",
            "streamCursor": {},
            "partialMessage": {"content": [{"text": {"content": "a"}}]},
        },
        {"eventType": "DONE", "streamCursor": {"currentEventIdx": "1"}},
    ]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    router.get(f"{RUNS}/{RUN_ID}").respond(200, json=run_json("IN_PROGRESS"))
    stream = router.get(f"{RUNS}/listen", params={"runId": RUN_ID, "eventsStartIdx": "0"})
    stream.respond(200, text=body, content_type="text/event-stream")
    with a_client() as client:
        run = client.runs.get(RUN_ID)
        heard = [(event.index, event.text) for event in run.listen()]
    assert heard == [(0, "a"), (1, None)]
    assert stream.calls.last.request.headers["accept-encoding"] == "identity"


def test_a_wait_polls_until_the_run_has_ended(router: respx.MockRouter) -> None:
    states = [httpx.Response(200, json=run_json(status)) for status in ("PENDING", "IN_PROGRESS", "COMPLETED")]
    route = router.get(f"{RUNS}/{RUN_ID}").mock(side_effect=[states[0], *states])
    with a_client() as client:
        run = client.runs.get(RUN_ID)
        assert run.wait().status is RunStatus.COMPLETED
    assert route.call_count == 4


def test_the_time_for_an_attempt_does_not_bound_the_silences_of_a_stream(router: respx.MockRouter) -> None:
    router.get(f"{RUNS}/{RUN_ID}").respond(200, json=run_json("IN_PROGRESS"))
    stream = router.get(f"{RUNS}/listen")
    stream.respond(200, text='data: {"eventType": "DONE"}\n\n', content_type="text/event-stream")
    with a_client(retry=RetryPolicy(attempt_timeout=5)) as client:
        run = client.runs.get(RUN_ID)
        assert len([event for event in run.listen(timeout=None, idle_timeout=40)]) == 1
    assert stream.calls.last.request.extensions["timeout"]["read"] == 40
