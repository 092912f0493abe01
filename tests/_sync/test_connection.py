# Generated from tests/_async/test_connection.py by tools/generate_sync.py; do not edit.
"""The one connection under a call: when it is kept, when it is made anew, and where it leads."""

from __future__ import annotations

import select
import ssl
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
import respx
import trustme

from tests.support.answers import RUN_ID, run_json
from tests.support.clients import FOLDER_ID, SECRET, connection_of
from tests.support.clocks import FakeClock
from tests.support.raw_server import FIN, Act, RawRequest, RawServer, hold, whole
from yc_runs import APIError, Client
from yc_runs._deadline import Deadline, under
from yc_runs._sync.connection import backend_here
from yc_runs._sync.network import DeadlineBackend, DeadlineStream

PROXIES = [name for each in ("http", "https", "all", "no") for name in (f"{each}_proxy", f"{each.upper()}_PROXY")]
UNASKED = whole(run_json(run_id="unasked-for"))


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


def a_client(server: RawServer, **settings: Any) -> Client:
    given = {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": server.url, "timeout": 20, **settings}
    return Client(**given)


def showing_runs(request: RawRequest) -> list[Act]:
    return [whole(run_json())]


def with_certificate(ca: trustme.CA, name: str, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    context.maximum_version = version or context.maximum_version
    return context


def trusting(ca: trustme.CA, folder: Path) -> ssl.SSLContext:
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    return ssl.create_default_context(cafile=str(folder / "ca.pem"))


def wait_for_more(client: Client) -> None:
    """Wait until the peer of the idle connection has sent something, or ended it; an event loop does not see it."""
    (lease,) = client._pool._leases
    raw = connection_of(lease)._connection._network_stream.get_extra_info("socket")
    assert select.select([raw.fileno()], [], [], 10)[0]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_write_after_write_goes_over_one_connection_with_tls(version: ssl.TLSVersion, tmp_path: Path) -> None:
    ca = trustme.CA()
    with RawServer(showing_runs, tls=with_certificate(ca, "127.0.0.1", version)) as server:
        with a_client(server, verify=trusting(ca, tmp_path)) as client:
            for _ in range(4):
                client.runs.get(RUN_ID)
                client.runs.create("a", "t")
                client.runs.create("a", "t")
        assert (server.connections, len(server.seen)) == (1, 12)


@pytest.mark.parametrize("closed", [[True], [False, True]], ids=["in connecting", "in the handshake"])
def test_a_connection_is_closed_where_the_client_was_closed_while_it_was_made(
    closed: list[bool], tmp_path: Path
) -> None:
    ca, answers = trustme.CA(), iter(closed)
    with RawServer(showing_runs, tls=with_certificate(ca, "127.0.0.1")) as server:
        backend = DeadlineBackend(backend_here(), lambda: next(answers))
        with pytest.raises(httpcore.ConnectError, match="the client is closed"):
            backend.connect_tcp("127.0.0.1", server.port).start_tls(trusting(ca, tmp_path), "127.0.0.1")
        assert server.wait_until_closed() == 0


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_large_requests_and_answers_arrive_whole(tls: bool, tmp_path: Path) -> None:
    text = "".join(map(str, range(400_000)))
    ca = trustme.CA()
    answer = whole(run_json("COMPLETED", labels={"long": text}))
    context = with_certificate(ca, "127.0.0.1") if tls else None
    with RawServer(lambda request: [answer], tls=context) as server:
        with a_client(server, verify=trusting(ca, tmp_path)) as client:
            run = client.runs.create("a", "t", labels={"long": text})
        assert run.labels == {"long": text}
        assert server.seen[0].json["labels"] == {"long": text}


def test_a_connection_that_the_gateway_has_ended_takes_no_write() -> None:
    def end_after_one(request: RawRequest) -> list[Act]:
        return [whole(run_json()), *([FIN] if request.connection == 0 else [])]

    with RawServer(end_after_one) as server:
        with a_client(server) as client:
            client.runs.get(RUN_ID)
            wait_for_more(client)
            assert client.runs.create("a", "t").id == RUN_ID
        assert server.writes() == ["POST /assistants/v1/runs"]
        assert server.connections == 2


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(tls: bool, tmp_path: Path) -> None:
    ca = trustme.CA()
    context = with_certificate(ca, "127.0.0.1", ssl.TLSVersion.TLSv1_2) if tls else None

    is_read = threading.Event()

    def say_more(request: RawRequest) -> list[Act]:
        return [whole(run_json()), *([hold(is_read), UNASKED] if request.connection == 0 else [])]

    with RawServer(say_more, tls=context) as server:
        with a_client(server, verify=trusting(ca, tmp_path)) as client:
            client.runs.get(RUN_ID)
            is_read.set()
            wait_for_more(client)
            assert client.runs.create("a", "t").id == RUN_ID
        assert server.connections == 2


def test_two_answers_in_one_piece_are_not_taken_for_one_and_the_next() -> None:
    with RawServer(lambda request: [whole(run_json()) + UNASKED]) as server:
        with a_client(server) as client:
            for _ in range(3):
                assert client.runs.create("a", "t").id == RUN_ID
        assert (server.connections, len(server.writes())) == (3, 3)


def test_the_gateway_may_close_the_connection_after_each_answer() -> None:
    with RawServer(lambda request: [whole(run_json(), connection="close"), FIN]) as server:
        with a_client(server) as client:
            for _ in range(3):
                client.runs.create("a", "t")
        assert (server.connections, len(server.writes())) == (3, 3)


def test_hints_before_the_answer_are_passed_over() -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"
    with RawServer(lambda request: [hints, whole(run_json())]) as server:
        with a_client(server) as client:
            assert client.runs.create("a", "t").id == RUN_ID
            assert client.runs.get(RUN_ID).id == RUN_ID
        assert server.connections == 1


def test_the_gateway_may_be_named_by_an_address_of_ipv6() -> None:
    try:
        server = RawServer(showing_runs, host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        with a_client(server) as client:
            assert client.runs.get(RUN_ID).id == RUN_ID


def test_redirects_are_not_followed() -> None:
    with RawServer(showing_runs) as other:
        with RawServer(lambda request: [whole({}, 307, location=other.url)]) as server:
            with a_client(server) as client:
                with pytest.raises(APIError) as caught:
                    client.runs.create("a", "t")
            assert (caught.value.status, len(server.seen)) == (307, 1)
        assert other.seen == []


def test_cookies_are_not_kept() -> None:
    with RawServer(lambda request: [whole(run_json(), set_cookie="a=b; Path=/")]) as server:
        with a_client(server) as client:
            client.runs.get(RUN_ID)
            client.runs.get(RUN_ID)
        assert [seen.headers.get("cookie") for seen in server.seen] == [None, None]


def test_respx_catches_every_call() -> None:
    with respx.mock as router:
        route = router.post("https://gateway.test/assistants/v1/runs").respond(200, json=run_json())
        with Client(folder_id=FOLDER_ID, auth=SECRET, base_url="https://gateway.test") as client:
            assert client.runs.create("a", "t").id == RUN_ID
    assert route.call_count == 1


# Credentials of the user's own, which may make requests of their own.


class Exchanging(httpx.Auth):
    """Gets a token at another place for each request; a token that is refused, once more."""

    requires_response_body = True

    def __init__(self, url: str) -> None:
        self.url = url
        self.bodies: list[bytes] = []

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        for _ in range(2):
            token = yield httpx.Request("POST", self.url, content=b"give")
            request.headers["authorization"] = f"Bearer {token.text}"
            answer = yield request
            self.bodies.append(answer.content)
            if answer.status_code != 401:
                break


def test_credentials_may_make_requests_elsewhere_before_and_between() -> None:
    def wanting_the_second(request: RawRequest) -> list[Act]:
        is_right = request.headers["authorization"] == "Bearer t1"
        return [whole(run_json() if is_right else {"message": "no"}, 200 if is_right else 401)]

    with RawServer(lambda request: [whole(b"t%d" % request.number)]) as giver, RawServer(wanting_the_second) as server:
        auth = Exchanging(giver.url)
        with a_client(server, auth=auth) as client:
            assert client.runs.create("a", "t").id == RUN_ID
            (lease,) = client._pool._leases
            assert connection_of(lease).is_idle()
        assert [seen.body for seen in giver.seen] == [b"give", b"give"]
        assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer t0", "Bearer t1"]
        assert [b"no" in body for body in auth.bodies] == [True, False]
        assert (server.wait_until_closed(), giver.wait_until_closed()) == (0, 0)


def test_credentials_that_fail_over_an_answer_leave_no_connection_open() -> None:
    class Failing(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            yield request
            raise LookupError("no token")

    with RawServer(showing_runs) as server:
        with a_client(server, auth=Failing()) as client:
            with pytest.raises(LookupError):
                client.runs.get(RUN_ID)
            assert server.wait_until_closed() == 0


# What is beneath httpcore's connection on trio and without async.


class Inner(httpcore.NetworkStream):
    """A socket that takes a second for whatever is written; a TLS handshake over it is broken off."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.written = 0
        self.is_closed = False

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.clock.advance(1.0)
        self.written += len(buffer)

    def start_tls(self, *_: Any) -> httpcore.NetworkStream:
        raise KeyboardInterrupt

    def close(self) -> None:
        self.is_closed = True


def test_a_handshake_that_is_broken_off_leaves_no_socket_open() -> None:
    inner = Inner(FakeClock())
    with pytest.raises(KeyboardInterrupt):
        DeadlineStream(inner, lambda: False).start_tls(ssl.create_default_context())
    assert inner.is_closed


def test_a_handshake_for_which_no_time_is_left_is_not_begun() -> None:
    clock = FakeClock()
    inner = Inner(clock)
    with under(Deadline.after(0, clock.now()), clock.now), pytest.raises(httpcore.ConnectTimeout):
        DeadlineStream(inner, lambda: False).start_tls(ssl.create_default_context())
    assert inner.is_closed


def test_a_long_write_looks_at_the_deadline_again_and_again() -> None:
    clock = FakeClock()
    inner = Inner(clock)
    with under(Deadline.after(3, clock.now()), clock.now), pytest.raises(httpcore.WriteTimeout):
        DeadlineStream(inner, lambda: False).write(b"x" * 10_000_000)
    assert inner.written == 3 * 64 * 1024
