# Generated from yc_runs/_async/stream.py by tools/generate_sync.py; do not edit.
"""One streamed answer, read document by document."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import Generic, TypeVar

import httpx
from typing_extensions import Self

from yc_runs._deadline import Deadline
from yc_runs._failures import broken_off
from yc_runs._sync.transport import Transport
from yc_runs.errors import ConnectionLostError
from yc_runs.wire import LiveCall, StreamCall
from yc_runs.wire.faults import LateFaultError, error_for
from yc_runs.wire.framing import Decoder, FramingError, NotADocumentError, decoder_for

T = TypeVar("T")

_HEADERS = {"accept": "text/event-stream, application/json", "accept-encoding": "identity", "cache-control": "no-store"}


class Stream(Generic[T]):
    """The documents of a stream and what they mean. The request is sent once.

    Use it as a context manager, or ``open`` it, ask for the ``next`` until there is none, and ``close`` it.
    ``attempt`` is the number of the request, from 1, for whoever sends it again.
    """

    _decoder: Decoder

    def __init__(
        self,
        transport: Transport,
        call: StreamCall[T | None] | LiveCall[T],
        deadline: Deadline,
        idle_timeout: float | None,
        attempt: int = 1,
    ) -> None:
        self._transport = transport
        self._call: StreamCall[T | None] | LiveCall[T] = call
        self._exchange = transport.send(
            call.request, deadline, headers=_HEADERS, is_stream=True, idle_timeout=idle_timeout, attempt=attempt
        )
        self._documents: deque[bytes] = deque()
        self._read: list[bytes] | None = [] if isinstance(call, LiveCall) else None

    def open(self) -> Self:
        """Send the request. Raises the errors of ``yc_runs.errors``."""
        self._exchange.open()
        kind = self._exchange.body.headers.get("content-type", "")
        self._decoder = decoder_for(kind, self._transport.max_event)
        return self

    def next(self) -> T | None:
        """What the next document means that means something; None when the body has ended.

        Raises ``APIError`` for the gateway's word that it has failed, ``DecodeError`` for what cannot be read,
        ``ConnectionLostError`` for a foreign body in between. What else it raises, ``close`` translates.
        """
        while True:
            while self._documents:
                if (meaning := self._decode(self._take())) is not None:
                    return meaning
            piece = self._exchange.body.read()
            if piece is None:
                return None
            self._documents.extend(self._feed(piece))

    def _take(self) -> bytes:
        document = self._documents.popleft()
        if self._read is not None:
            self._read.append(document)
        return document

    def read_on(self, call: StreamCall[T | None], deadline: Deadline, idle_timeout: float | None) -> None:
        """Read an answer again from its beginning, for another call: a live one, of which the first is told by now."""
        self._documents.extendleft(reversed(self._read or ()))
        self._call, self._read = call, None
        self._exchange.read_on(call.request, deadline, idle_timeout)

    @property
    def is_here(self) -> bool:
        """Whether it is open, and belongs to this event loop and process."""
        return self._exchange.is_here

    def abandon(self) -> None:
        """Leave it to be closed by the next call: for where nothing can be waited for."""
        self._exchange.abandon()

    def close(self, error: BaseException | None = None) -> None:
        """Leave the stream, as ``Exchange.close`` does."""
        self._exchange.close(error)

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(error)

    def broken_off(self, what: str) -> ConnectionLostError:
        """The error for a stream that was broken, which ``what`` tells of."""
        return broken_off(self._call.request, what, self._exchange.client_request_id)

    @property
    def is_cut(self) -> bool:
        """Whether the body, where it has ended, ended in the middle of something."""
        return self._decoder.is_inside

    @property
    def _response(self) -> httpx.Response:
        return self._exchange.body.response

    def _feed(self, piece: bytes) -> list[bytes]:
        try:
            return self._decoder.feed(piece)
        except NotADocumentError as error:
            what = f"the stream was broken by something else: {error.excerpt!r}"
            raise self.broken_off(what) from None
        except FramingError as error:
            raise self._transport.undecodable(
                self._call.request, self._response, str(error), error.excerpt.encode()
            ) from None

    def _decode(self, document: bytes) -> T | None:
        try:
            return self._call.decode(document)
        except LateFaultError as error:
            raise error_for(
                self._call.request,
                error.fault.http_status,
                error.fault,
                headers=self._response.headers,
                client_request_id=self._response.request.headers.get("x-client-request-id"),
            ) from None
        except ValueError as error:
            raise self._transport.undecodable(self._call.request, self._response, str(error), document) from None
