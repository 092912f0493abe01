# Generated from yc_runs/_async/stream.py by tools/generate_sync.py; do not edit.
"""One streamed answer, read document by document."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import Generic, TypeVar

import httpx
from typing_extensions import Self

from yc_runs._deadline import Deadline
from yc_runs._sync.transport import Transport
from yc_runs.errors import ConnectionLostError
from yc_runs.wire import StreamCall
from yc_runs.wire.faults import LateFaultError, error_for
from yc_runs.wire.framing import Decoder, FramingError, NotADocumentError, decoder_for

T = TypeVar("T")

_HEADERS = {"accept": "text/event-stream, application/json", "accept-encoding": "identity", "cache-control": "no-store"}


class Stream(Generic[T]):
    """The documents of a stream and what they mean. The request is sent once.

    Use it as a context manager, or ``open`` it, ask for the ``next`` until there is none, and ``close`` it.
    """

    _decoder: Decoder

    def __init__(
        self, transport: Transport, call: StreamCall[T], deadline: Deadline, idle_timeout: float | None
    ) -> None:
        self._transport = transport
        self._call = call
        self._exchange = transport.send(
            call.request, deadline, headers=_HEADERS, is_stream=True, idle_timeout=idle_timeout
        )
        self._documents: deque[bytes] = deque()

    def open(self) -> Self:
        """Send the request. Raises the errors of ``yc_runs.errors``."""
        self._exchange.open()
        kind = self._exchange.body.headers.get("content-type", "")
        self._decoder = decoder_for(kind, self._transport.max_event)
        return self

    def next(self) -> T | None:
        """What the next document means; None when the body has ended.

        Raises ``APIError`` for the gateway's word that it has failed, ``DecodeError`` for what cannot be read,
        ``ConnectionLostError`` for a foreign body in between. What else it raises, ``close`` translates.
        """
        while not self._documents:
            piece = self._exchange.body.read()
            if piece is None:
                return None
            self._documents.extend(self._feed(piece))
        return self._decode(self._documents.popleft())

    def close(self, error: BaseException | None = None) -> None:
        """Leave the stream, as ``Exchange.close`` does."""
        self._exchange.close(error)

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(error)

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
            raise self._foreign(error) from None
        except FramingError as error:
            raise self._transport.undecodable(
                self._call.request, self._response, str(error), error.excerpt.encode()
            ) from None

    def _decode(self, document: bytes) -> T:
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

    def _foreign(self, error: NotADocumentError) -> ConnectionLostError:
        return ConnectionLostError(
            f"{self._call.request.subject}: the stream was broken by something else: {error.excerpt!r}."
            f" ({self._call.request.method} {self._call.request.name})"
        )
