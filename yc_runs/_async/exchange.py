"""One request and its answer: opened, read, and left in good order, whatever ends the reading.

It is a class, not a generator: at its end asyncio closes all open generators at the same time, and one that is inside
another cannot bear that.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

import httpx
from typing_extensions import Self

from yc_runs._answers import RawResponse
from yc_runs._async.body import PATIENCE, AsyncBody
from yc_runs._async.lease import AsyncHttpClient, AsyncLease, place_here
from yc_runs._deadline import Deadline, under
from yc_runs._failures import failure, timed_out
from yc_runs.errors import (
    ClientClosedError,
    ConnectionFailedError,
    ConnectionLostError,
    DecodeError,
    RequestTimeoutError,
    RunsError,
)
from yc_runs.wire import Request

if TYPE_CHECKING:
    from yc_runs._async.sending import AsyncSender

logger = logging.getLogger("yc_runs")

# A tool's failure, or that of a call made meanwhile, may end the reading too, and is no fault of this request.
_OF_A_REQUEST = (
    ClientClosedError,
    ConnectionFailedError,
    ConnectionLostError,
    DecodeError,
    RequestTimeoutError,
)

_NOTHING = 0.05
"""So many seconds left are none: what waits for a deadline may wake up a moment before it."""


class AsyncExchange:
    """Use it as a context manager, or ``open`` it, read its ``body``, and ``close`` it.

    ``deadline`` is that of the body, ``opening`` that of all before it.
    """

    body: AsyncBody

    def __init__(
        self,
        sender: AsyncSender,
        request: Request,
        *,
        headers: Mapping[str, str],
        deadline: Deadline,
        opening: Deadline,
        idle_timeout: float | None,
        attempt: int,
    ) -> None:
        self._sender = sender
        self._request = self._sent = request
        self._headers = headers
        self._deadline = deadline
        self._opening = opening
        self._idle_timeout = idle_timeout
        self._attempt = attempt
        self._lease: AsyncLease | None = None
        self._answer: RawResponse | None = None
        self._is_open = False

    async def open(self) -> Self:
        """Send the request, and look at the status of its answer. Raises the errors of ``yc_runs.errors``."""
        sender = self._sender
        self._started = sender.clock.now()
        left = self._deadline.left(self._started)
        self._sent_id = str(uuid.uuid4())
        outgoing = sender.outgoing(self._request, self._headers, self._sent_id, left, self._idle_timeout)
        self._outgoing = outgoing
        self._lease = await sender.pool.acquire(self._request.subject)
        try:
            with under(self._opening, sender.clock.now):
                response = await _signed(self._lease.client, outgoing, sender.credentials)
            self.body = AsyncBody(response, self._deadline, sender.clock.now)
            self._note(response)
            if not response.is_success:
                raise await sender.refusal(self.body, self._request)
        except BaseException as error:
            await self.close(error)
            raise
        self._is_open = True
        return self

    async def close(self, error: BaseException | None = None) -> None:
        """Leave the answer, read to its end or not; a second time does nothing.

        ``error`` is what ended the reading, None where it went well. Where it means an error of ``yc_runs.errors``,
        that is raised; else the caller goes on with his own.
        """
        lease, self._lease = self._lease, None
        if lease is None:
            return
        is_known = error is None or isinstance(error, (Exception, GeneratorExit))
        translated = self._translated(error)
        if isinstance(error, Exception):
            self._keep_secret(error, translated)
        if isinstance(translated, _OF_A_REQUEST) and translated.client_request_id is None:
            translated.client_request_id = self._sent_id
        if (self._answer is None and is_known) or (self._is_open and isinstance(error, Exception)):
            self._tell(translated)
        try:
            if translated is not None and translated is not error:
                raise translated from error
        finally:
            leave = partial(self._leave, lease, PATIENCE if error is None else 0.0, is_cancelled=not is_known)
            # async-only
            if error is not None and not isinstance(error, Exception):
                leave = partial(lease.see_through, leave)
            # end async-only
            await leave()

    def read_on(self, request: Request, deadline: Deadline, idle_timeout: float | None) -> None:
        """From now on the body is read for another call, which is given by its ``request``, and under its limits."""
        self._request, self._deadline, self._idle_timeout = request, deadline, idle_timeout
        self.body.read_on(deadline, idle_timeout)

    def abandon(self) -> None:
        """Leave the answer to be closed by the next call: for where nothing can be waited for."""
        if self._lease is not None:
            self._sender.pool.abandoned.add(self._lease, partial(self.close, GeneratorExit()))

    @property
    def client_request_id(self) -> str:
        """The id that the request was sent with."""
        return self._sent_id

    @property
    def is_here(self) -> bool:
        """Whether it is open, and belongs to this event loop and process."""
        return self._lease is not None and self._lease.place == place_here() and not self._lease.is_over

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close(error)

    def _note(self, response: httpx.Response) -> None:
        self._answer = RawResponse(response.status_code, response.headers, self._sent_id)
        self._sender.last_answer.set(self._answer)
        seconds = self._tell(None)
        logger.debug("%s %s: %d in %.3f s", self._request.method, self._request.name, self._answer.status, seconds)

    def _tell(self, error: BaseException | None) -> float:
        seconds = self._sender.clock.now() - self._started
        self._sender.observe(
            "attempt",
            self._sent,
            self._attempt,
            answer=self._answer,
            error=error,
            seconds=seconds,
            outgoing=self._outgoing,
        )
        return seconds

    def _translated(self, error: BaseException | None) -> BaseException | None:
        """The error to raise for one that came up while the request was under way."""
        if isinstance(error, RunsError) or not isinstance(error, Exception):
            return error
        request = self._request
        if self._sender.pool.is_closed:
            return ClientClosedError(
                f"{request.subject}: the client was closed meanwhile", maybe_applied=request.is_write
            )
        if isinstance(error, httpx.HTTPError):
            return failure(error, request, self._sender.base_url.netloc.decode(), self._limit, self._sent_id)
        if isinstance(error, TimeoutError):
            return timed_out(request, "total", self._limit("total"), self._sent_id)
        return error

    def _limit(self, phase: str) -> float | None:
        """The seconds of the limit that has ended this phase, None where none is known to have."""
        deadline = self._deadline if self._is_open else self._opening
        left = deadline.left(self._sender.clock.now())
        if left is not None and left < _NOTHING:
            return deadline.timeout
        return {"connect": self._sender.connect_timeout, "read": self._idle_timeout}.get(phase)

    def _keep_secret(self, *errors: BaseException | None) -> None:
        from yc_runs._redacting import redact, secret_of

        secret = secret_of(self._outgoing)
        for error in errors:
            redact(error, secret)

    async def _leave(self, lease: AsyncLease, patience: float, *, is_cancelled: bool) -> None:
        # async-only
        if lease.is_lost:
            # The call was found by the garbage collector, or by the pool as it drops what this loop has left: nothing
            # can be awaited, and the pool, which may be in the middle of that, needs nothing back.
            return
        # end async-only
        try:
            if self._answer is not None:
                await self.body.finish(patience)
        except BaseException:
            is_cancelled = True
            raise
        finally:
            await self._sender.pool.release(lease, cancelled=is_cancelled)


async def _signed(client: AsyncHttpClient, request: httpx.Request, credentials: httpx.Auth) -> httpx.Response:
    if not getattr(credentials, "is_stepped", False):
        return await client.send(request, auth=credentials, stream=True, follow_redirects=False)
    from yc_runs.auth import async_send_signed

    return await async_send_signed(client, request, credentials)
