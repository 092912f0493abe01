# Generated from tests/_async/test_proxies.py by tools/generate_sync.py; do not edit.
"""Proxies that the environment names: which calls go through them, and what comes of their troubles."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
import trustme

from tests.support.answers import RUN_ID, run_json
from tests.support.clients import FOLDER_ID, SECRET
from tests.support.raw_server import FIN, RST, Act, Connection, RawRequest, RawServer, stall, whole
from yc_runs import Client, ConfigurationError, ConnectionFailedError, RequestTimeoutError, RetryPolicy
from yc_runs._sync.connection import ConnectionClient
from yc_runs._sync.proxied import _tunnelled

PROXIES = [name for each in ("http", "https", "all", "no") for name in (f"{each}_proxy", f"{each.upper()}_PROXY")]
BEYOND = "https://gateway.test"
ONCE = RetryPolicy(attempts=1)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


def a_client(base_url: str, **settings: Any) -> Client:
    given = {"folder_id": FOLDER_ID, "auth": SECRET, "base_url": base_url, "timeout": 20, **settings}
    return Client(**given)


def showing_runs(request: RawRequest) -> list[Act]:
    return [whole(run_json())]


def tunnel_to(port: int) -> Callable[[Connection], None]:
    """Carry bytes to and fro until one side ends."""

    def act(connection: Connection) -> None:
        with socket.create_connection(("127.0.0.1", port)) as onward:
            ways = {connection.sock: onward, onward: connection.sock}
            while not connection.over.is_set():
                for source in select.select(list(ways), [], [], 0.2)[0]:
                    data = source.recv(65536)
                    if not data:
                        FIN(connection)
                    ways[source].sendall(data)

    return act


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[tuple[RawServer, RawServer, ssl.SSLContext]]:
    """A gateway that calls itself gateway.test, a proxy that leads to it whatever is asked for, and whom to trust."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("gateway.test").configure_cert(context)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    def lead(request: RawRequest) -> list[Act]:
        return [b"HTTP/1.1 200 OK\r\n\r\n", tunnel_to(server.port)]

    with RawServer(showing_runs, tls=context) as server, RawServer(lead) as proxy:
        yield server, proxy, ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_calls_go_through_the_proxy_of_the_environment(
    proxied: tuple[RawServer, RawServer, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server, proxy, context = proxied
    monkeypatch.setenv(name, proxy.url)
    with a_client(BEYOND, verify=context) as client:
        assert client.runs.create("a", "t").id == RUN_ID
        assert client.runs.create("a", "t").id == RUN_ID
    assert [f"{seen.method} {seen.target}" for seen in proxy.seen] == ["CONNECT gateway.test:443"]
    assert len(server.seen) == 2


@pytest.mark.parametrize("way", ["tunnel", "forward", "past"])
def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next(
    proxied: tuple[RawServer, RawServer, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    server, proxy, context = proxied
    server.handler = lambda request: [whole(run_json()) + whole(run_json(run_id="unasked-for"))]
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with RawServer(server.handler) as plain:
        monkeypatch.setenv("HTTP_PROXY", plain.url)
        url = {"tunnel": BEYOND, "forward": "http://gateway.test", "past": plain.url}[way]
        with a_client(url, verify=context, allow_plain_http=True) as client:
            for _ in range(3):
                assert client.runs.create("a", "t").id == RUN_ID
        used = server if way == "tunnel" else plain
        assert (used.connections, len(used.writes()), used.wait_until_closed()) == (3, 3, 0)


def test_calls_to_this_machine_go_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(showing_runs) as proxy, RawServer(showing_runs) as server:
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with a_client(server.url) as client:
            assert client.runs.create("a", "t").id == RUN_ID
        assert (proxy.seen, len(server.seen)) == ([], 1)


def test_an_exception_from_no_proxy_is_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "elsewhere.test")
    with RawServer(showing_runs) as server:
        with a_client(server.url) as client:
            client.runs.get(RUN_ID)
            assert isinstance(client._pool._leases[0].client, ConnectionClient)


# A proxy that opens no tunnel: the request itself was never sent.


NO_TUNNEL: dict[str, tuple[list[Act], str]] = {
    "forbidden": ([whole(b"no", 403)], "403"),
    "without a password": ([whole(b"who are you?", 407)], "407"),
    "no way there": ([whole(b"nobody there", 502)], "502"),
    "an end": ([FIN], "no tunnel"),
    "a reset": ([RST], "no tunnel"),
    "not HTTP": ([b"220 mail.test ESMTP\r\n\r\n"], "no tunnel"),
    "half an answer": ([b"HTTP/1.1 200 O", FIN], "no tunnel"),
}


@pytest.mark.parametrize("how", NO_TUNNEL)
def test_a_proxy_that_opens_no_tunnel_has_let_nothing_be_carried_out(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    acts, told = NO_TUNNEL[how]
    with RawServer(lambda request: acts) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with a_client(BEYOND, retry=ONCE) as client:
            with pytest.raises(ConnectionFailedError, match=told) as caught:
                client.runs.create("a", "t")
            assert not caught.value.maybe_applied
        assert proxy.wait_until_closed() == 0


def test_a_proxy_that_is_silent_is_given_the_time_for_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(lambda request: [stall()]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with a_client(BEYOND, retry=ONCE, timeout=None, connect_timeout=0.2) as client:
            with pytest.raises(RequestTimeoutError) as caught:
                client.runs.create("a", "t")
            assert (caught.value.phase, caught.value.maybe_applied) == ("connect", False)
        assert proxy.wait_until_closed() == 0


def test_a_write_is_sent_again_once_the_proxy_opens_its_tunnel(
    proxied: tuple[RawServer, RawServer, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy, context = proxied
    opening = proxy.handler
    proxy.handler = lambda request: opening(request) if request.number else [whole(b"later", 503)]
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    quickly = RetryPolicy(backoff=0.0)
    with a_client(BEYOND, verify=context, retry=quickly) as client:
        assert client.runs.create("a", "t").id == RUN_ID
    assert (len(proxy.seen), len(server.writes())) == (2, 1)


def test_the_time_for_connecting_bounds_the_opening_of_a_tunnel_and_nothing_behind_it() -> None:
    limits: dict[bytes, dict[str, float]] = {}

    def send(request: httpcore.Request) -> httpcore.Response:
        limits[request.method] = request.extensions["timeout"]
        return httpcore.Response(200)

    extensions = {"timeout": {"connect": 1.0, "read": 2.0, "write": 3.0, "pool": 4.0}}
    for method in ("CONNECT", "POST"):
        _tunnelled(send, httpcore.Request(method, BEYOND, extensions=extensions))
    assert limits[b"CONNECT"] == {"connect": 1.0, "read": 1.0, "write": 1.0, "pool": 4.0}
    assert limits[b"POST"] == {"connect": 1.0, "read": 2.0, "write": 3.0, "pool": 4.0}


# Proxies that cannot be used.


PASSWORD = "word-of-tests"
UNUSABLE = {
    "foo://x": "scheme 'foo' is none of http, https, socks5, socks5h",
    "://x": "scheme is none of",
    f"user:{PASSWORD}://x": "scheme is none of",
    f"http://user:{PASSWORD}@proxy.test:port": "not a URL",
    f"user:{PASSWORD}@proxy.test:port": "not a URL",
    f"http://user:{PASSWORD}@proxy.test:99999": "port",
    "http://proxy.test:-1": "port",
    "http://[bad": "no host",
    "http://": "no host",
    "http://a..b": "no host",
    "http://" + "x" * 64: "no host",
    "http://a b": "no host",
}


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", UNUSABLE)
def test_a_proxy_that_cannot_be_used_is_told_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, proxy: str
) -> None:
    monkeypatch.setenv(name, proxy)
    with pytest.raises(ConfigurationError, match=UNUSABLE[proxy]) as caught:
        a_client(BEYOND)
    assert str(caught.value).startswith(f"{name} names a proxy that cannot be used: ")
    assert "unset it" in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_socks_proxy_without_the_package_for_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yc_runs._proxies.find_spec", lambda name: None)
    monkeypatch.setenv("ALL_PROXY", "socks5://proxy.test:1080")
    with pytest.raises(ConfigurationError, match=r"ALL_PROXY .* package socksio.* pip install 'httpx\[socks\]'"):
        a_client(BEYOND)


@pytest.mark.parametrize("hosts", ["gateway.test:port", "[::1]", "::1/128"])
def test_exceptions_from_proxies_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", f"elsewhere.test,{hosts}")
    with pytest.raises(ConfigurationError, match="NO_PROXY names a host that cannot be read"):
        a_client(BEYOND)


def test_of_two_spellings_the_one_that_counts_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test")
    monkeypatch.setenv("https_proxy", "foo://x")
    with pytest.raises(ConfigurationError, match=r"^https_proxy names"):
        a_client(BEYOND)


def test_a_proxy_that_is_turned_off_may_be_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "foo://x")
    monkeypatch.setenv("NO_PROXY", "*")
    with RawServer(showing_runs) as server:
        with a_client(server.url) as client:
            assert client.runs.get(RUN_ID).id == RUN_ID


def test_a_client_of_the_user_has_nothing_to_do_with_the_proxies_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "foo://x")
    with RawServer(showing_runs) as server:
        with httpx.Client(trust_env=False) as own, a_client(server.url, http_client=own) as client:
            assert client.runs.get(RUN_ID).id == RUN_ID
