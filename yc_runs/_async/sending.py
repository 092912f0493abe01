"""One attempt: sign, send, read. Whether there is another is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import httpx

from yc_runs._answers import LastAnswer, RawResponse
from yc_runs._async.body import AsyncBody
from yc_runs._async.clock import AsyncClock
from yc_runs._async.exchange import AsyncExchange
from yc_runs._async.pool import AsyncPool
from yc_runs._deadline import Deadline, soonest

# async-only
from yc_runs._unhooked import UnhookedBytes

# end async-only
from yc_runs._unset import UNSET, Timeout
from yc_runs.errors import DecodeError, RunsError
from yc_runs.policy import RetryPolicy
from yc_runs.wire import Request

if TYPE_CHECKING:
    from yc_runs.observe import Hook

DEFAULT_TIMEOUT = 60.0
"""Seconds for a call, unless somebody says otherwise."""
CONNECT_TIMEOUT = 10.0
"""Seconds to connect in, unless somebody says otherwise."""
IDLE_TIMEOUT = 60.0
"""Seconds without a byte after which a stream is taken for dead, unless somebody says otherwise."""
MAX_BODY = 64 * 1024 * 1024
MAX_EVENT = 16 * 1024 * 1024
_TARGETS = 2048
_NO_HEADERS: Mapping[str, str] = {}
_ACCEPTED = " It may have been carried out all the same: look before sending it again."
_NOT_OURS = " Check the base URL and any proxy."


@dataclass(eq=False, repr=False)
class AsyncSender:
    """Carries one request at a time to one gateway.

    ``headers`` go with every request. ``timeout`` and ``connect_timeout`` are in seconds. ``max_body`` and
    ``max_event`` bound an answer, and one event of a stream, in bytes.
    """

    base_url: httpx.URL
    headers: httpx.Headers
    credentials: httpx.Auth
    retry: RetryPolicy
    clock: AsyncClock
    pool: AsyncPool
    hook: Hook | None = None
    last_answer: LastAnswer = field(default_factory=LastAnswer)
    timeout: float | None = DEFAULT_TIMEOUT
    connect_timeout: float = CONNECT_TIMEOUT
    max_body: int = MAX_BODY
    max_event: int = MAX_EVENT

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError(
            "a client, and what it made, hold connections and credentials: they can be neither pickled nor copied "
            "deeply; keep the ids, and make a client in the other process"
        )

    @cached_property
    def _url(self) -> Callable[[str], httpx.URL]:
        """Where a target is. Whoever polls runs asks for the same targets again and again, and parsing one is dear."""
        return lru_cache(maxsize=_TARGETS)(partial(_address, self.base_url))

    @cached_property
    def _common(self) -> httpx.Headers:
        return httpx.Headers({"host": self.base_url.netloc.decode("ascii"), **self.headers})

    def seconds(self, timeout: Timeout) -> float | None:
        """The seconds that a call may take: what it was given, or else the client's."""
        return self.timeout if timeout is UNSET else timeout

    def deadline(self, timeout: Timeout) -> Deadline:
        """The deadline of a call that begins now. Raises ``TypeError`` or ``ValueError`` for what is no time."""
        return Deadline.after(self.seconds(timeout), self.clock.now())

    def send(
        self,
        request: Request,
        deadline: Deadline,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        is_stream: bool = False,
        idle_timeout: float | None = None,
        attempt: int = 1,
    ) -> AsyncExchange:
        """One attempt, to be opened: its body is not read then, its status checked. Its errors are translated.

        ``is_stream``: the policy's time for an attempt is for the opening alone, not for the body. ``idle_timeout``:
        the most seconds between two pieces of the body, None for the deadline alone.
        """
        opening = deadline.at_most(self.retry.attempt_timeout, self.clock.now())
        return AsyncExchange(
            self,
            request,
            headers=headers,
            deadline=deadline if is_stream else opening,
            opening=opening,
            idle_timeout=idle_timeout,
            attempt=attempt,
        )

    def observe(
        self,
        kind: Literal["attempt", "retry", "resume"],
        request: Request,
        attempt: int,
        *,
        answer: RawResponse | None = None,
        error: BaseException | None = None,
        wait: float | None = None,
        seconds: float | None = None,
        outgoing: httpx.Request | None = None,
    ) -> None:
        """Tell the hook of something. What there is no ``answer`` for is taken from the ``error``.

        ``outgoing``: the request that was answered; its secret is not told, should the answer repeat it.
        """
        if self.hook is None:
            return
        from yc_runs._redacting import clean, secret_of
        from yc_runs.observe import Observation, notify

        source, secret = answer or error, secret_of(outgoing) if outgoing else ""
        seen = Observation(
            kind,
            request.method,
            request.name,
            attempt,
            wait,
            status=getattr(source, "status", None),
            error=None if error is None else type(error).__name__,
            request_id=clean(getattr(source, "request_id", None), secret),
            client_request_id=getattr(source, "client_request_id", None),
            seconds=seconds,
        )
        notify(self.hook, seen)

    def outgoing(
        self,
        request: Request,
        extra: Mapping[str, str],
        client_request_id: str,
        left: float | None,
        idle_timeout: float | None,
    ) -> httpx.Request:
        """What goes to httpx for a request that has so many seconds left."""
        body = request.body or b""
        outgoing = httpx.Request(
            request.method,
            self._url(request.target),
            headers=self._common,
            # httpx would look for what has been settled here: the host, the length, the kind of content.
            # async-only
            stream=UnhookedBytes(body),
            # end async-only
            # sync: stream=httpx.ByteStream(body),
            extensions={
                "timeout": {
                    "connect": soonest(left, self.connect_timeout),
                    # Our own sockets keep the deadline; an answer that is held is read on under another one.
                    "read": soonest(None if self.pool.is_ours else left, idle_timeout),
                    "write": left,
                    "pool": left,
                }
            },
        )
        outgoing.read()
        outgoing.headers["x-client-request-id"] = client_request_id
        for name, value in extra.items():
            outgoing.headers[name] = value
        if request.method in ("POST", "PATCH"):
            outgoing.headers["content-length"] = str(len(body))
        if request.body is not None:
            outgoing.headers["content-type"] = "application/json"
        return outgoing

    async def _read(self, body: AsyncBody, request: Request) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while (piece := await body.read()) is not None:
            pieces.append(piece)
            size += len(piece)
            if size > self.max_body:
                raise self.undecodable(request, body.response, f"it is larger than {self.max_body} bytes", pieces[0])
        return b"".join(pieces)

    async def refusal(self, body: AsyncBody, request: Request) -> RunsError:
        """The error that an answer is: the status tells which, also where the gateway's words do not arrive."""
        from yc_runs._redacting import secret_of, without_secret
        from yc_runs.wire.faults import UNREAD, error_for, read_fault

        response = body.response
        try:
            content = await self._read(body, request)
            fault = read_fault(without_secret(content, secret_of(response.request)))
        except (DecodeError, httpx.HTTPError, TimeoutError):
            fault = UNREAD
        return error_for(
            request,
            response.status_code,
            fault,
            headers=response.headers,
            client_request_id=response.request.headers.get("x-client-request-id"),
            now=self.clock.wall(),
        )

    def undecodable(self, request: Request, response: httpx.Response, problem: str, body: bytes) -> DecodeError:
        """The error for an answer that is not what the contract says."""
        from yc_runs._redacting import secret_of, without_secret
        from yc_runs.wire.faults import named_id

        excerpt = without_secret(body, secret_of(response.request))[:200].decode("utf-8", "replace")
        request_id = response.headers.get("x-request-id")
        ids = named_id(request_id, response.request.headers.get("x-client-request-id"))
        begins = f"It begins {excerpt!r}." if excerpt else "It is empty."
        return DecodeError(
            f"{request.subject}: the answer cannot be read: {problem}. {begins}"
            f"{_ACCEPTED if request.is_write else _NOT_OURS}"
            f" ({request.method} {request.name}{ids})",
            excerpt=excerpt,
            request_id=request_id,
            maybe_applied=request.is_write,
        )


def _address(base: httpx.URL, target: str) -> httpx.URL:
    return base.copy_with(raw_path=target.encode("ascii"))
