"""The client's own sockets on asyncio, against peers that behave badly: in connecting, in TLS, and in ending."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpcore
import pytest
import trustme

from tests.support.answers import RUN_ID, run_json
from tests.support.child import in_child
from tests.support.clients import FOLDER_ID, SECRET
from tests.support.patience import HANGING, async_until
from tests.support.raw_server import FIN, Act, Connection, RawRequest, RawServer, head, stall, whole
from yc_runs import (
    APIError,
    AsyncClient,
    ConnectionFailedError,
    ConnectionLostError,
    RequestTimeoutError,
    RetryPolicy,
    _asyncio_connect,
)
from yc_runs._async.network import AsyncDeadlineBackend
from yc_runs._asyncio_backend import AsyncioBackend, AsyncioStream
from yc_runs._asyncio_protocol import StreamProtocol
from yc_runs._deadline import Deadline, under

Script = Callable[[socket.socket], None]

ONCE = RetryPolicy(attempts=1)
LONG = "x" * 16_000_000
TOO_LARGE = whole({"code": 3, "message": "too large"}, 413, connection="close")
HOST = "gateway.test"


@contextmanager
def peer(script: Script) -> Iterator[tuple[str, threading.Event]]:
    """The address of a server that plays the script to whoever connects, and an event: all of them have gone."""
    listener = socket.create_server(("127.0.0.1", 0))
    gone = threading.Event()

    def serve() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.settimeout(HANGING)
            with sock:
                try:
                    script(sock)
                    while sock.recv(65536):
                        pass
                except OSError:
                    pass
            gone.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}", gone
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(HANGING)


def read_head(sock: socket.socket) -> None:
    """Read the head of a request, and nothing of its body."""
    read = b""
    while not read.endswith(b"\r\n\r\n"):
        read += sock.recv(1)


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def run(base_url: str, use: Callable[[AsyncClient], Coroutine[Any, Any, Any]], **settings: Any) -> Any:
    """What ``use`` gives, in an event loop of its own, whose complaints fail the test."""
    complaints: list[Any] = []
    given = {
        "folder_id": FOLDER_ID,
        "auth": SECRET,
        "base_url": base_url,
        "retry": ONCE,
        "timeout": HANGING,
        **settings,
    }

    async def main() -> Any:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
        async with AsyncClient(**given) as client:
            return await use(client)

    found = asyncio.run(main())
    gc.collect()
    assert complaints == []
    return found


def get(base_url: str, **settings: Any) -> Any:
    return run(base_url, lambda client: client.runs.get(RUN_ID), **settings)


def create(base_url: str, **settings: Any) -> Any:
    return run(base_url, lambda client: client.runs.create("a", "t"), **settings)


# A peer that answers before it has heard all.


def stop_listening(sock: socket.socket) -> None:
    """Answer, say no more, and read nothing until the client has gone: only then is there room for more."""
    read_head(sock)
    sock.sendall(TOO_LARGE)
    sock.shutdown(socket.SHUT_WR)
    left.wait(HANGING)


left = threading.Event()


def listen_on(sock: socket.socket) -> None:
    """Answer, say no more, and hear what there is."""
    read_head(sock)
    sock.sendall(TOO_LARGE)
    sock.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("script", [stop_listening, listen_on])
def test_an_answer_that_comes_before_all_is_sent_is_heard(script: Script) -> None:
    left.clear()
    with peer(script) as (address, gone):
        with pytest.raises(APIError) as caught:
            run(f"http://{address}", lambda client: client.messages.create(LONG, thread_id="t"))
        left.set()
        assert gone.wait(HANGING)
    assert (caught.value.status, caught.value.message) == (413, "too large")


# TLS.


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trust(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


def certified(ca: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", HOST).configure_cert(context)
    return context


def say_nothing(sock: socket.socket) -> None:
    pass


def talk_of_something_else(sock: socket.socket) -> None:
    sock.sendall(b"220 mail.test ESMTP\r\n")


def test_a_handshake_that_takes_too_long_is_told_and_leaves_no_socket() -> None:
    with peer(say_nothing) as (address, gone):
        with pytest.raises(RequestTimeoutError) as caught:
            create(f"https://{address}", connect_timeout=0.1)
        assert gone.wait(HANGING)
    assert (caught.value.phase, caught.value.maybe_applied) == ("connect", False)


def test_the_deadline_of_the_call_bounds_the_handshake() -> None:
    async def shake_hands(port: int) -> None:
        stream = await AsyncDeadlineBackend(AsyncioBackend(), lambda: False).connect_tcp("127.0.0.1", port)
        with under(Deadline.after(0.1, time.monotonic()), time.monotonic), pytest.raises(httpcore.ConnectTimeout):
            await asyncio.wait_for(stream.start_tls(ssl.create_default_context()), HANGING)

    with peer(say_nothing) as (address, gone):
        asyncio.run(shake_hands(int(address.rpartition(":")[2])))
        assert gone.wait(HANGING)


def test_a_handshake_that_is_cancelled_leaves_no_socket() -> None:
    begun = threading.Event()

    def hear_the_beginning(sock: socket.socket) -> None:
        sock.recv(1)
        begun.set()

    async def cancel(client: AsyncClient) -> None:
        call = asyncio.ensure_future(client.runs.get(RUN_ID))
        assert await asyncio.to_thread(begun.wait, HANGING)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(gone.wait, HANGING)

    with peer(hear_the_beginning) as (address, gone):
        run(f"https://{address}", cancel)


@pytest.mark.parametrize("script", [talk_of_something_else, reset, socket.socket.close])
def test_a_handshake_that_fails_is_told_with_why_and_leaves_no_socket(script: Script) -> None:
    with peer(script) as (address, gone):
        with pytest.raises(ConnectionFailedError, match=r"could not connect: (?!ConnectError)"):
            create(f"https://{address}")
        assert gone.wait(HANGING)


async def connect(address: str) -> tuple[AsyncioStream, StreamProtocol]:
    stream = await AsyncioBackend().connect_tcp("127.0.0.1", int(address.rpartition(":")[2]))
    assert isinstance(stream, AsyncioStream)
    return stream, stream._protocol


def test_what_comes_in_before_tls_is_not_taken_for_encrypted(ca: trustme.CA, trust: ssl.SSLContext) -> None:
    def forge_an_answer(sock: socket.socket) -> None:
        sock.sendall(whole(run_json(run_id="forged")))
        with certified(ca).wrap_socket(sock, server_side=True) as encrypted:
            encrypted.sendall(b"encrypted")

    async def begin_late() -> None:
        stream, protocol = await connect(address)
        await async_until(lambda: protocol.has_pieces)
        with pytest.raises(httpcore.ConnectError, match="before TLS"):
            await stream.start_tls(trust, "127.0.0.1")

    with peer(forge_an_answer) as (address, gone):
        asyncio.run(begin_late())
        assert gone.wait(HANGING)


@pytest.mark.parametrize("end", [reset, socket.socket.close])
def test_a_connection_that_ended_before_its_handshake_is_told_at_once(end: Script, trust: ssl.SSLContext) -> None:
    connected = threading.Event()

    def end_it(sock: socket.socket) -> None:
        assert connected.wait(HANGING)
        end(sock)

    async def begin_late() -> None:
        stream, protocol = await connect(address)
        connected.set()
        await async_until(lambda: protocol.is_over)
        with pytest.raises(httpcore.ConnectError, match="lost before"):
            await stream.start_tls(trust, "127.0.0.1")

    with peer(end_it) as (address, gone):
        asyncio.run(begin_late())
        assert gone.wait(HANGING)


def close_notify(connection: Connection) -> None:
    """End TLS in the clean way."""
    assert isinstance(connection.sock, ssl.SSLSocket)
    connection.sock.unwrap()
    FIN(connection)


@pytest.mark.parametrize("end", [FIN, close_notify])
def test_a_body_that_tls_ends_amid_is_told(ca: trustme.CA, trust: ssl.SSLContext, end: Act) -> None:
    server = RawServer(lambda request: [head(length=10), b"{", end], tls=certified(ca))
    with server, pytest.raises(ConnectionLostError) as caught:
        create(server.url, verify=trust)
    assert caught.value.maybe_applied


@pytest.mark.parametrize("end", [FIN, close_notify])
def test_a_body_of_no_length_ends_with_tls(ca: trustme.CA, trust: ssl.SSLContext, end: Act) -> None:
    text = whole(run_json()).partition(b"\r\n\r\n")[2]
    opening = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
    with RawServer(lambda request: [opening, text, end], tls=certified(ca)) as server:
        assert create(server.url, verify=trust).id == RUN_ID


@pytest.mark.parametrize("size", [120_000, 170_000, 200_000])
def test_what_came_in_at_once_with_the_end_of_the_connection_is_read_whole(
    ca: trustme.CA, trust: ssl.SSLContext, size: int
) -> None:
    ready, sent = threading.Event(), threading.Event()

    def say_all_and_go(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * size)
        with certified(ca).wrap_socket(sock, server_side=True) as encrypted:
            assert ready.wait(HANGING)
            encrypted.sendall(bytes(size))
        sent.set()

    async def read_all() -> int:
        stream, protocol = await connect(address)
        protocol.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * size)
        encrypted = await stream.start_tls(trust, "127.0.0.1")
        ready.set()
        # Here, so that the loop finds all of it and the end of the connection at once.
        assert sent.wait(HANGING)
        read = 0
        while piece := await encrypted.read(65536):
            read += len(piece)
        await encrypted.aclose()
        return read

    with peer(say_all_and_go) as (address, _):
        assert asyncio.run(read_all()) == size


@pytest.mark.parametrize("end", [FIN, close_notify])
def test_a_connection_that_tls_has_ended_takes_no_write(ca: trustme.CA, trust: ssl.SSLContext, end: Act) -> None:
    async def twice(client: AsyncClient) -> None:
        await client.runs.create("a", "t")
        assert await asyncio.to_thread(server.wait_until_closed) == 0
        await client.runs.create("a", "t")

    with RawServer(lambda request: [whole(run_json()), end], tls=certified(ca)) as server:
        run(server.url, twice, verify=trust)
        assert (server.connections, len(server.writes())) == (2, 2)


# Names of several addresses.


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What ``gateway.test`` stands for: the test fills it in. The next address is tried at once."""
    found: list[str] = []

    async def getaddrinfo(loop: Any, host: str, port: int, **_: Any) -> list[Any]:
        assert host == HOST
        await asyncio.sleep(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(_asyncio_connect, "NEXT_AFTER", 0.0)
    return found


@pytest.fixture
def port() -> Iterator[int]:
    """A port that nobody else is given at any address: each refuses until the test itself listens there."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("", 0))
        yield held.getsockname()[1]


@pytest.fixture
def elsewhere(port: int) -> Iterator[RawServer]:
    """A server at another address of this machine."""
    try:
        server = RawServer(lambda request: [whole(run_json())], host="127.0.0.2", port=port)
    except OSError:
        pytest.skip("this machine has one loopback address only")
    with server:
        yield server


def named(server: RawServer) -> str:
    return f"http://{HOST}:{server.port}"


@contextmanager
def full(host: str, port: int) -> Iterator[None]:
    """Somebody at the address who never accepts a connection."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((host, port), backlog=0))
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield


def plainly(base_url: str, **settings: Any) -> Any:
    return get(base_url, allow_plain_http=True, **settings)


def test_where_the_first_address_refuses_the_next_is_tried(addresses: list[str], elsewhere: RawServer) -> None:
    addresses += ["127.0.0.1", "127.0.0.2"]
    assert plainly(named(elsewhere)).id == RUN_ID


def test_where_the_first_address_is_silent_the_next_is_tried(addresses: list[str], elsewhere: RawServer) -> None:
    async def look(client: AsyncClient) -> None:
        assert (await client.runs.get(RUN_ID)).id == RUN_ID
        # Nobody goes on to try the other.
        assert asyncio.all_tasks() == {asyncio.current_task()}

    addresses += ["127.0.0.1", "127.0.0.2"]
    with full("127.0.0.1", elsewhere.port):
        run(named(elsewhere), look, allow_plain_http=True)


def test_where_all_addresses_refuse_each_is_named(addresses: list[str], port: int) -> None:
    addresses += ["127.0.0.2", "127.0.0.3"]
    with pytest.raises(ConnectionFailedError, match=r"127\.0\.0\.2.*127\.0\.0\.3"):
        plainly(f"http://{HOST}:{port}")


def test_where_all_addresses_are_silent_that_is_told(addresses: list[str], elsewhere: RawServer) -> None:
    addresses += ["127.0.0.1", "127.0.0.3"]
    silent = [full(address, elsewhere.port) for address in addresses]
    with silent[0], silent[1], pytest.raises(RequestTimeoutError) as caught:
        plainly(named(elsewhere), connect_timeout=0.1)
    assert caught.value.phase == "connect"


def test_a_name_without_an_address_is_a_failed_connection(addresses: list[str]) -> None:
    with pytest.raises(ConnectionFailedError, match="no address"):
        plainly(f"http://{HOST}:1")


def test_of_several_that_accept_one_is_kept(addresses: list[str], elsewhere: RawServer) -> None:
    async def look(client: AsyncClient) -> None:
        await client.runs.get(RUN_ID)
        for _ in range(2000):
            if server.connections + elsewhere.connections == 2 and server.open + elsewhere.open == 1:
                break
            await asyncio.sleep(0.005)
        assert (server.open + elsewhere.open, len(server.seen) + len(elsewhere.seen)) == (1, 1)

    addresses += ["127.0.0.1", "127.0.0.2"]
    with RawServer(lambda request: [whole(run_json())], port=elsewhere.port) as server:
        run(named(elsewhere), look, allow_plain_http=True)


def test_a_peer_that_ends_the_connection_it_has_accepted_is_told(addresses: list[str]) -> None:
    addresses += ["127.0.0.1", "127.0.0.1", "127.0.0.2"]
    with peer(reset) as (address, _):
        for _ in range(20):
            with pytest.raises((ConnectionFailedError, ConnectionLostError)):
                plainly(f"http://{HOST}:{address.rpartition(':')[2]}")


# Cancellations, and the end.


class Stepped(Awaitable[Any]):
    """Counts how often something waits: each time costs a round of the loop."""

    def __init__(self, awaited: Awaitable[Any]) -> None:
        self._awaited = awaited
        self.waits: int = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        for future in self._awaited.__await__():
            self.waits += 1
            yield future
        return None


def test_a_call_waits_for_its_answer_and_for_nothing_else() -> None:
    async def third_get(client: AsyncClient) -> int:
        for _ in range(2):
            await client.runs.get(RUN_ID)
        stepped = Stepped(client.runs.get(RUN_ID))
        await stepped
        return stepped.waits

    # Where the answer comes in two pieces there is one wait more.
    with RawServer(lambda request: [whole(run_json())]) as server:
        assert min(run(server.url, third_get) for _ in range(5)) == 1


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="counts the descriptors as Linux shows them")  # noqa: PTH110
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_thousand_cancellations_at_any_moment_are_heeded_and_leave_nothing(
    addresses: list[str], elsewhere: RawServer, ca: trustme.CA, trust: ssl.SSLContext, tls: bool
) -> None:
    """127.0.0.3 refuses, and 127.0.0.2 speaks no TLS."""
    addresses += ["127.0.0.3", "127.0.0.1"] if tls else ["127.0.0.3", "127.0.0.2", "127.0.0.1"]
    dice = random.Random(11)
    ends: list[str] = []

    async def storm(client: AsyncClient) -> None:
        for number in range(1000):
            call = asyncio.ensure_future(client.runs.create("a", "t") if number % 2 else client.runs.get(RUN_ID))
            for _ in range(dice.randrange(45)):
                await asyncio.sleep(0)
            is_done = call.done()
            call.cancel()
            if dice.random() < 0.3:
                await asyncio.sleep(0)
                call.cancel()
            await asyncio.wait({call}, timeout=HANGING)
            ends.append("cancelled" if call.cancelled() else "done" if is_done else f"in spite of it: {call!r}")
        assert (await client.runs.get(RUN_ID)).id == RUN_ID

    before = descriptors()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        context = certified(ca) if tls else None
        with RawServer(lambda request: [whole(run_json())], tls=context, port=elsewhere.port) as server:
            scheme = "https" if tls else "http"
            run(f"{scheme}://{HOST}:{server.port}", storm, allow_plain_http=True, verify=trust)
            assert (server.wait_until_closed(), elsewhere.wait_until_closed()) == (0, 0)
            # How many are done before they are cancelled is up to the machine.
            assert set(ends) - {"done"} == {"cancelled"}
    assert ends.count("cancelled") > 50
    assert [str(warning.message) for warning in told] == []
    assert descriptors() <= before


ENDS = {
    "closed": """
        async def main():
            async with AsyncClient(**settings) as client:
                await client.runs.get("r")
        asyncio.run(main())
        """,
    "left open": """
        async def main():
            global client
            client = AsyncClient(**settings)
            await client.runs.get("r")
        asyncio.run(main())
        """,
    "used by one loop after another": """
        async def main():
            await client.runs.get("r")
        client = AsyncClient(**settings)
        asyncio.run(main())
        asyncio.run(main())
        """,
    "left amid calls": """
        async def main():
            global calls
            client = AsyncClient(**settings)
            calls = [asyncio.ensure_future(client.runs.get("silent")) for _ in range(5)]
            await client.runs.get("r")
        asyncio.run(main())
        """,
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_program_that_ends_has_nothing_to_complain_of(end: str, tls: bool, ca: trustme.CA) -> None:
    def show(request: RawRequest) -> list[Act]:
        return [stall() if request.path.endswith("silent") else whole(run_json())]

    with RawServer(show, tls=certified(ca) if tls else None) as server:
        preamble = f"""
        import asyncio
        from yc_runs import AsyncClient
        settings = dict(folder_id="f", auth="key-of-tests", base_url={server.url!r}, verify=False)
        """
        assert in_child(preamble + ENDS[end]) == ("", "", 0)
