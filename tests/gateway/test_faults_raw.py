"""Each fault as a plain HTTP client sees it, in process and over a socket."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import BASE, Api, decode_stream
from tests.support.answers import LEFT_UNREAD
from tests.support.patience import HANGING, LIMITS, trials, until
from yc_runs.testing import CutStream, Framing, LocalGateway
from yc_runs.testing._framing import FRAMINGS

pytestmark = LEFT_UNREAD
WORDS = "one two"
"""What ``echo`` says in three events."""


@pytest.fixture(params=["in process", "socket"])
def http(
    request: pytest.FixtureRequest, gateway: LocalGateway, caplog: pytest.LogCaptureFixture
) -> Iterator[httpx.Client]:
    """A client of ``gateway``, whose server has nothing to complain of."""
    if request.param == "in process":
        with httpx.Client(transport=gateway.sync_transport(), base_url=BASE, timeout=HANGING) as client:
            yield client
        return
    with (
        gateway.serve() as url,
        httpx.Client(base_url=f"{url}/assistants/v1", trust_env=False, timeout=HANGING) as client,
    ):
        yield client
    complaints = caplog.get_records("call") + caplog.get_records("teardown")
    assert not [entry for entry in complaints if entry.name.startswith("uvicorn")]


def create(http: httpx.Client, gateway: LocalGateway, assistant: str = "echo") -> httpx.Response:
    body = {"assistantId": assistant, "threadId": gateway.add_thread(WORDS), "stream": True}
    return http.post("/runs", json=body)


def a_run(http: httpx.Client, gateway: LocalGateway, assistant: str = "echo") -> str:
    return str(create(http, gateway, assistant).json()["id"])


def runs(http: httpx.Client, gateway: LocalGateway) -> int:
    return len(http.get("/runs", params={"folderId": gateway.folder_id}).json().get("runs", []))


def heard(http: httpx.Client, run_id: str, **options: Any) -> tuple[bytes, type[Exception] | None]:
    """The bytes that came of a stream, and the error that ended it."""
    body = b""
    try:
        with http.stream("GET", "/runs/listen", params={"runId": run_id}, **options) as response:
            for piece in response.iter_raw():
                body += piece
    except httpx.TransportError as error:
        return body, type(error)
    return body, None


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("events", [0, 1, 2, 3])
def test_a_stream_ends_after_so_many_events(
    http: httpx.Client, gateway: LocalGateway, framing: Framing, events: int
) -> None:
    gateway.framing = framing
    run_id = a_run(http, gateway)
    fault = gateway.faults.cut_stream(after_events=events)
    body, error = heard(http, run_id)
    whole, _ = heard(http, run_id)
    assert error is None
    assert whole.startswith(body)
    assert body.count(b"eventType") == events
    assert [entry.fault for entry in gateway.faults.happened] == [fault]
    assert len(decode_stream(framing, whole)) == 3


def test_a_stream_ends_after_any_byte(http: httpx.Client, gateway: LocalGateway) -> None:
    run_id = a_run(http, gateway)
    whole, _ = heard(http, run_id)
    for size in range(0, len(whole) + 1, 41):
        gateway.faults.cut_stream(after_bytes=size)
        assert heard(http, run_id) == (whole[:size], None)
    gateway.faults.cut_stream(after_bytes=len(whole), how="truncated")
    assert heard(http, run_id) == (whole, httpx.RemoteProtocolError)


@pytest.mark.parametrize(
    ("how", "error"),
    [("reset", httpx.ReadError), ("truncated", httpx.RemoteProtocolError), ("stall", httpx.ReadTimeout)],
)
@pytest.mark.parametrize("cut", [{}, {"after_events": 1}, {"after_bytes": 17}], ids=str)
def test_a_stream_breaks(
    http: httpx.Client, gateway: LocalGateway, how: Any, error: type[Exception], cut: dict[str, int]
) -> None:
    run_id = a_run(http, gateway)
    whole, _ = heard(http, run_id)
    gateway.faults.cut_stream(**cut, how=how)
    body, seen = heard(http, run_id, timeout=LIMITS[0] if how == "stall" else HANGING)
    assert seen is error
    # What a reset leaves of the bytes before it is the operating system's business.
    assert whole.startswith(body)
    assert len(body) < len(whole)
    assert heard(http, run_id) == (whole, None)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_late_error_is_the_last_message(http: httpx.Client, gateway: LocalGateway, framing: Framing) -> None:
    gateway.framing = framing
    run_id = a_run(http, gateway)
    for events in (0, 2):
        gateway.faults.cut_stream(after_events=events, how="late_error")
        body, error = heard(http, run_id)
        *before, last = decode_stream(framing, body.replace(b"\n\n\n\n", b"\n\n"))
        assert error is None
        assert len(before) == events
        assert last["error"]["grpcCode"] == 14


def test_a_page_of_a_proxy_runs_into_the_stream(http: httpx.Client, gateway: LocalGateway) -> None:
    run_id = a_run(http, gateway)
    gateway.faults.cut_stream(after_bytes=9, how="html")
    body, error = heard(http, run_id)
    assert error is None
    assert body[9:].startswith(b"<!DOCTYPE html>")


def test_a_cut_beyond_the_end_of_the_stream_is_none(http: httpx.Client, gateway: LocalGateway) -> None:
    run_id = a_run(http, gateway)
    gateway.faults.cut_stream(after_events=9, how="reset")
    gateway.faults.cut_stream(after_bytes=1_000_000, how="reset")
    first, second = heard(http, run_id), heard(http, run_id)
    assert first == second
    assert first[0].count(b"eventType") == 3
    assert (gateway.faults.pending, gateway.faults.happened) == ((), ())


def test_what_is_no_stream_is_not_cut(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.cut_stream(how="reset")
    assert http.get("/runs/listen", params={"runId": "no-such"}).status_code == 404
    assert gateway.faults.happened == ()


@pytest.mark.parametrize("cut", [{}, {"after_bytes": 3}], ids=str)
def test_an_answer_that_is_no_stream_is_left_whole(
    http: httpx.Client, gateway: LocalGateway, cut: dict[str, int]
) -> None:
    gateway.faults.cut_stream(path="*/runs", **cut)
    assert create(http, gateway).json()["id"]
    assert not gateway.faults.happened


def test_the_messages_of_a_thread_can_be_cut_too(http: httpx.Client, gateway: LocalGateway) -> None:
    thread = gateway.add_thread("one", "two")
    gateway.faults.cut_stream(after_events=1, path="*/messages")
    assert http.get("/messages", params={"threadId": thread}).text.count("threadId") == 1


def test_a_cut_comes_with_its_event_and_not_with_the_next(http: httpx.Client, gateway: LocalGateway) -> None:
    body = {"assistantId": "tool-caller", "threadId": gateway.add_thread("?"), "tools": [{"function": {"name": "f"}}]}
    run_id = http.post("/runs", json=body).json()["id"]
    gateway.faults.cut_stream(after_events=1)
    assert heard(http, run_id)[0].count(b"TOOL_CALLS") == 1


@pytest.mark.parametrize("status", [400, 401, 404, 429, 418, 499, 500, 502, 503, 504, 599])
def test_an_error_has_the_gateways_own_words(http: httpx.Client, gateway: LocalGateway, status: int) -> None:
    gateway.faults.answer(status, retry_after=2.5)
    answer = create(http, gateway)
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "2.5")
    assert answer.json().keys() == {"code", "message", "details"}
    assert answer.headers["x-request-id"]
    assert runs(http, gateway) == 0


@pytest.mark.parametrize(
    ("body", "text", "media_type"),
    [
        ("<html>no</html>", "<html>no</html>", "text/html; charset=utf-8"),
        ("upstream gone", "upstream gone", "text/plain; charset=utf-8"),
        (b"{broken", "{broken", "application/json"),
        ({"a": "é"}, '{"a":"é"}', "application/json"),
        ("", "", "text/plain; charset=utf-8"),
    ],
    ids=["page", "text", "bytes", "json", "nothing"],
)
def test_an_answer_has_any_body(
    http: httpx.Client, gateway: LocalGateway, body: Any, text: str, media_type: str
) -> None:
    gateway.faults.answer(502, body=body)
    answer = http.get("/runs/x")
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (502, text, media_type)


def test_an_answer_has_any_header_and_may_look_like_a_success(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.answer(307, headers={"location": "https://elsewhere.test/"})
    gateway.faults.answer(200)
    assert http.get("/runs/x").headers["location"] == "https://elsewhere.test/"
    assert http.get("/runs/x").json() == {}


def test_a_call_may_be_carried_out_and_refused_all_the_same(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.answer(504, method="POST", carried_out=True)
    assert create(http, gateway).status_code == 504
    assert runs(http, gateway) == 1


@pytest.mark.parametrize(("how", "error"), [("reset", httpx.ReadError), ("closed", httpx.RemoteProtocolError)])
@pytest.mark.parametrize(("before", "left"), [("request", 0), ("answer", 1)])
def test_a_connection_breaks_before_or_after_the_call_is_carried_out(
    http: httpx.Client, gateway: LocalGateway, before: Any, left: int, how: Any, error: type[Exception]
) -> None:
    fault = gateway.faults.drop(before, how=how, method="POST", path="*/runs")
    with pytest.raises(error):
        create(http, gateway)
    assert runs(http, gateway) == left
    assert [(entry.fault, entry.method, entry.path) for entry in gateway.faults.happened] == [
        (fault, "POST", "/assistants/v1/runs")
    ]


def test_a_listen_may_break_before_its_answer_though_it_has_no_end(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.pace = 3600.0
    run_id = a_run(http, gateway)
    gateway.faults.drop("answer")
    assert heard(http, run_id) == (b"", httpx.ReadError)


def test_a_connection_is_refused_in_process_and_reset_over_a_socket(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.drop("connect")
    is_socket = http.base_url.host == "127.0.0.1"
    with pytest.raises(httpx.ReadError if is_socket else httpx.ConnectError):
        create(http, gateway)
    assert runs(http, gateway) == 0


def test_a_large_request_is_read_before_its_connection_breaks(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.drop(how="closed")
    with pytest.raises(httpx.RemoteProtocolError):
        http.post("/threads", content=b"x" * 5_000_000)
    assert http.post("/threads", json={"folderId": gateway.folder_id}).status_code == 200


@pytest.mark.parametrize(("before", "left"), [("request", 0), ("answer", 1)])
def test_a_gateway_says_nothing(http: httpx.Client, gateway: LocalGateway, before: Any, left: int) -> None:
    for trial in trials():
        with trial as limit:
            gateway.faults.clear()
            were = runs(http, gateway)
            gateway.faults.stall(before=before)
            body = {"assistantId": "echo", "threadId": gateway.add_thread("x")}
            with pytest.raises(httpx.ReadTimeout):
                http.post("/runs", json=body, timeout=limit)
            assert runs(http, gateway) == were + left


@pytest.mark.parametrize("before", ["request", "answer"])
def test_a_gateway_is_late(http: httpx.Client, gateway: LocalGateway, before: Any) -> None:
    gateway.faults.stall(0.05, before=before)
    started = time.monotonic()
    assert create(http, gateway).status_code == 200
    assert time.monotonic() - started >= 0.05
    assert runs(http, gateway) == 1


def test_an_answer_drips(http: httpx.Client, gateway: LocalGateway) -> None:
    run_id = a_run(http, gateway)
    whole = http.get(f"/runs/{run_id}").content
    pieces: list[bytes] = []
    # A reader that is held up finds several drops at once; the slowest drip takes seconds.
    for pause in (0.0, 0.001, 0.01):
        gateway.faults.drip(pause)
        with http.stream("GET", f"/runs/{run_id}") as response:
            pieces = list(response.iter_raw())
        assert b"".join(pieces) == whole
        if len(pieces) > 1:
            break
    assert len(pieces) > 1
    assert http.get(f"/runs/{run_id}").content == whole


def test_each_drop_takes_its_time(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.drip(0.02, method="DELETE")
    thread = gateway.add_thread()
    started = time.monotonic()
    assert http.delete(f"/threads/{thread}").json() == {}
    assert time.monotonic() - started >= 2 * 0.02


def test_faults_are_for_the_path_as_it_is_meant(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.answer(503, path="*/runs/a b")
    assert http.get("/runs/a%20b").status_code == 503


def test_requests_that_met_a_fault_are_on_record(http: httpx.Client, gateway: LocalGateway) -> None:
    gateway.faults.answer(503)
    gateway.faults.drop()
    http.get("/runs/x")
    with pytest.raises(httpx.ReadError):
        http.get("/runs/x")
    assert [request.path for request in gateway.requests] == ["/assistants/v1/runs/x"] * 2


def test_a_stalled_connection_does_not_hold_up_the_end_of_the_server(
    gateway: LocalGateway, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.faults.stall()
    with gateway.serve() as url:
        sock = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=HANGING)
        sock.sendall(b"GET /x HTTP/1.1\r\nhost: x\r\n\r\n")
        until(lambda: bool(gateway.faults.happened))
        started = time.monotonic()
    assert time.monotonic() - started < HANGING
    with sock:
        assert sock.recv(100) == b""
    assert not caplog.records


@pytest.mark.anyio
async def test_in_any_other_server_the_app_raises_where_a_connection_breaks(gateway: LocalGateway) -> None:
    gateway.faults.drop("answer")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gateway.app), base_url=BASE) as http:
        with pytest.raises(ConnectionResetError):
            await http.post("/threads", json={"folderId": gateway.folder_id})
        answer = await http.get("/threads", params={"folderId": gateway.folder_id})
        assert len(answer.json()["threads"]) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("clean", None),
        ("reset", httpx.ReadError),
        ("truncated", httpx.RemoteProtocolError),
        ("stall", httpx.ReadTimeout),
        ("late_error", None),
        ("html", None),
    ],
)
async def test_a_stream_breaks_under_either_event_loop(api: Api, how: Any, error: type[Exception] | None) -> None:
    run_id = await api.run("echo", api.gateway.add_thread(WORDS), stream=True)
    for trial in trials():
        with trial as limit:
            api.gateway.faults.clear()
            api.gateway.faults.add(CutStream(after_events=2, how=how))
            seen: list[bytes] = []
            raised = None
            try:
                async with api.http.stream("GET", "/runs/listen", params={"runId": run_id}, timeout=limit) as response:
                    async for piece in response.aiter_raw():
                        seen += [piece]
            except httpx.TransportError as caught:
                raised = type(caught)
            assert raised is error
            assert b"".join(seen).count(b"eventType") == 2
    assert len(await api.events(run_id)) == 3
