"""Connecting without async: the addresses of a host share the time there is."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import httpcore
import pytest

from tests.support.answers import RUN_ID, run_json
from tests.support.clients import FOLDER_ID, SECRET
from tests.support.raw_server import RawServer, whole
from yc_runs import Client, ConnectionFailedError, RetryPolicy, _blocking_backend
from yc_runs._blocking_backend import BlockingBackend

HOST = "gateway.test"


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What ``gateway.test`` stands for: the test fills it in."""
    found: list[str] = []
    getaddrinfo = socket.getaddrinfo

    def resolve(host: str, port: int, *args: Any, **named: Any) -> Any:
        if host != HOST:
            return getaddrinfo(host, port, *args, **named)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "nobody of that name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return found


class Tries:
    """Stands in for httpcore: each try to connect fails, after as long as ``takes`` says for the time it was given."""

    def __init__(self, takes: Callable[[float], float], error: type[Exception]) -> None:
        self.takes = takes
        self.error = error
        self.now = 100.0
        self.given: list[tuple[str, float | None]] = []

    def monotonic(self) -> float:
        return self.now

    def connect(self, _: Any, host: str, port: int, timeout: float | None, *rest: Any) -> httpcore.NetworkStream:
        self.given.append((host, timeout))
        self.now += self.takes(timeout or 0.0)
        raise self.error(host)


def connect(tries: Tries, timeout: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda *given: tries.connect(*given))
    monkeypatch.setattr(_blocking_backend, "time", tries)
    BlockingBackend().connect_tcp(HOST, 443, timeout)


def test_silent_addresses_take_no_more_time_than_there_is(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses += ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    tries = Tries(lambda given: given, httpcore.ConnectTimeout)
    with pytest.raises(httpcore.ConnectTimeout, match=r"192\.0\.2\.3"):
        connect(tries, 9.0, monkeypatch)
    assert tries.given == [("192.0.2.1", 3.0), ("192.0.2.2", 3.0), ("192.0.2.3", 3.0)]


def test_what_one_address_leaves_of_its_time_is_for_the_others(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses += ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    tries = Tries(lambda given: 0.0, httpcore.ConnectError)
    with pytest.raises(httpcore.ConnectError, match=r"192\.0\.2\.3"):
        connect(tries, 9.0, monkeypatch)
    assert [given for _, given in tries.given] == [3.0, 4.5, 9.0]


def test_after_the_time_is_over_no_address_is_tried(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    addresses += ["192.0.2.1", "192.0.2.2"]
    tries = Tries(lambda given: 9.0, httpcore.ConnectTimeout)
    with pytest.raises(httpcore.ConnectTimeout, match="time is over"):
        connect(tries, 9.0, monkeypatch)
    assert len(tries.given) == 1


def test_without_a_limit_each_address_has_none(addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    addresses += ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    tries = Tries(lambda given: 60.0, httpcore.ConnectError)
    with pytest.raises(httpcore.ConnectError):
        connect(tries, None, monkeypatch)
    assert tries.given == [("192.0.2.1", None), ("192.0.2.2", None)]


def a_client(port: int) -> Client:
    return Client(
        folder_id=FOLDER_ID,
        auth=SECRET,
        base_url=f"http://{HOST}:{port}",
        allow_plain_http=True,
        retry=RetryPolicy(attempts=1),
    )


def test_where_the_first_address_refuses_the_next_is_tried(addresses: list[str]) -> None:
    addresses += ["127.0.0.9", "127.0.0.1"]
    with RawServer(lambda request: [whole(run_json())]) as server, a_client(server.port) as client:
        assert client.runs.get(RUN_ID).id == RUN_ID


@pytest.mark.usefixtures("addresses")
def test_a_name_that_is_unknown_is_a_failed_connection() -> None:
    with a_client(1) as client, pytest.raises(ConnectionFailedError, match="nobody of that name"):
        client.runs.get(RUN_ID)
