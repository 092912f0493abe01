"""An HTTP server on a raw loopback socket that says, and breaks off, exactly what a test scripts.

A handler gets a ``RawRequest`` and gives the acts of the answer, one after another: bytes to send as they are, or what
``drip``, ``stall``, ``hold`` and the like return. ``FIN`` and ``RST`` end the connection; an answer without either
leaves it open for the next request. Closing the server ends every act and every connection at once.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from typing_extensions import Self

from tests.support.patience import HANGING

LONGEST_STALL = 2 * HANGING
"""No act keeps a connection longer than so many seconds, whatever a test forgets."""


@dataclass(frozen=True)
class RawRequest:
    """What came in. ``connection`` counts the connections from 0, ``number`` the requests of this method and path."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int
    number: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _Over(Exception):
    """The connection is to end now."""


Act = bytes | Callable[["Connection"], None]
Handler = Callable[[RawRequest], Iterable[Act]]


class Connection:
    """One accepted connection, for the acts."""

    def __init__(self, sock: socket.socket, over: threading.Event) -> None:
        self.sock = sock
        self.over = over

    def pause(self, seconds: float) -> None:
        """Let so many seconds pass, unless the client goes, or the server is closed, before."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            if self.over.wait(min(left, 0.01)) or self.is_left:
                raise _Over

    @property
    def is_left(self) -> bool:
        """Whether the client has gone."""
        if not select.select([self.sock], [], [], 0)[0]:
            return False
        return not isinstance(self.sock, ssl.SSLSocket) and not self.sock.recv(1, socket.MSG_PEEK)

    def perform(self, act: Act) -> None:
        if isinstance(act, bytes):
            self.sock.sendall(act)
        else:
            act(self)


def FIN(connection: Connection) -> None:  # noqa: N802
    """End the connection in the clean way."""
    raise _Over


def RST(connection: Connection) -> None:  # noqa: N802
    """End the connection with a reset."""
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise _Over


def stall(seconds: float = LONGEST_STALL) -> Callable[[Connection], None]:
    """Send nothing for so many seconds."""
    return lambda connection: connection.pause(min(seconds, LONGEST_STALL))


def hold(event: threading.Event) -> Callable[[Connection], None]:
    """Send nothing until the event is set."""

    def act(connection: Connection) -> None:
        while not event.wait(0.02):
            connection.pause(0.001)

    return act


def drip(data: bytes, pause: float) -> Callable[[Connection], None]:
    """Send one byte at a time, ``pause`` seconds apart."""

    def act(connection: Connection) -> None:
        for index in range(len(data)):
            connection.sock.sendall(data[index : index + 1])
            connection.pause(pause)

    return act


def endless(piece: bytes) -> Callable[[Connection], None]:
    """Send the same bytes for ever."""

    def act(connection: Connection) -> None:
        while True:
            connection.sock.sendall(piece)

    return act


def head(status: int = 200, length: int | None = None, **headers: str) -> bytes:
    """The head of an answer; its body is chunked unless it has a length."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("content-type", "application/json")
    named |= {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def whole(body: Any, status: int = 200, **headers: str) -> bytes:
    """A complete answer: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(status, len(data), **headers) + data


class RawServer:
    """Serves while the ``with`` block lasts. ``handler`` may be changed at any time.

    It listens at ``host``, on any port that is free there if ``port`` is 0.
    With ``sip`` it pauses so many seconds before each 4 KiB of a body that it reads.
    ``seen`` are the requests, in order; ``connections`` is how many were accepted, ``open`` how many are open now.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        tls: ssl.SSLContext | None = None,
        sip: float = 0.0,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.handler = handler
        self.seen: list[RawRequest] = []
        self.connections = 0
        self._counts: Counter[tuple[str, str]] = Counter()
        self._tls = tls
        self._sip = sip
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._socks: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.host = host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=1024)
        if sip:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    @property
    def open(self) -> int:
        with self._lock:
            return len(self._socks)

    def count(self, method: str, path: str) -> int:
        """How many requests there were of this method and path."""
        with self._lock:
            return self._counts[method, path]

    def writes(self) -> list[str]:
        """The writes that came in, as method and path."""
        return [f"{seen.method} {seen.path}" for seen in self.seen if seen.method != "GET"]

    def wait_until_closed(self) -> int:
        """Give the connections the time they need to end; how many have not."""
        for _ in range(int(HANGING / 0.005)):
            if not self.open:
                break
            self._over.wait(0.005)
        return self.open

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything."""
        self._over.set()
        # Closing alone would leave the accepting thread in its call.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            socks = list(self._socks)
        for sock in socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._socks.add(sock)
                number, self.connections = self.connections, self.connections + 1
            self._start(self._serve, sock, number)

    def _serve(self, sock: socket.socket, number: int) -> None:
        talking = sock
        try:
            if self._tls:
                talking = self._tls.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                with self._lock:
                    self._socks.discard(sock)
                    self._socks.add(talking)
                talking.settimeout(LONGEST_STALL)
                talking.do_handshake()
            connection = Connection(talking, self._over)
            with talking.makefile("rb") as stream:
                while (request := self._read(stream, number)) is not None:
                    for act in self.handler(request):
                        connection.perform(act)
        except (OSError, ValueError, _Over):
            pass
        finally:
            talking.close()
            with self._lock:
                self._socks.discard(talking)

    def _read(self, stream: Any, connection: int) -> RawRequest | None:
        line = stream.readline()
        if not line:
            return None
        method, target, _ = line.decode("ascii").split(" ")
        headers = {}
        while (text := stream.readline().decode("latin-1").strip()) != "":
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        body = self._drink(stream, int(headers.get("content-length", "0")))
        with self._lock:
            key = method, target.partition("?")[0]
            request = RawRequest(method, target, headers, body, connection, self._counts[key])
            self._counts[key] += 1
            self.seen.append(request)
        return request

    def _drink(self, stream: Any, length: int) -> bytes:
        if not self._sip:
            return bytes(stream.read(length))
        body = b""
        while len(body) < length and not self._over.wait(self._sip):
            piece = stream.read(min(4096, length - len(body)))
            if not piece:
                raise _Over
            body += piece
        return body
