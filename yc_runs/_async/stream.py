"""One streamed answer, read piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from yc_runs._async.body import AsyncBody
from yc_runs._async.transport import AsyncTransport
from yc_runs._deadline import Deadline
from yc_runs.errors import ConnectionLostError
from yc_runs.wire import StreamCall
from yc_runs.wire.faults import LateFaultError, error_for
from yc_runs.wire.framing import FramingError, NotADocumentError, decoder_for

T = TypeVar("T")


_HEADERS = {"accept": "text/event-stream, application/json", "accept-encoding": "identity", "cache-control": "no-store"}


class AsyncStream(Generic[T]):
    """The documents of an open stream and what they mean. It is over when ``read`` returns None."""

    def __init__(self, transport: AsyncTransport, call: StreamCall[T], body: AsyncBody) -> None:
        self._transport = transport
        self._call = call
        self._body = body
        self._response = body.response
        self._decoder = decoder_for(body.headers.get("content-type", ""), transport.max_event)

    async def read(self) -> list[bytes] | None:
        """The documents that the next piece of the body completes; None when the body has ended.

        Raises ``DecodeError`` for what cannot be documents, ``ConnectionLostError`` for a foreign body in between.
        """
        piece = await self._body.read()
        if piece is None:
            return None
        try:
            return self._decoder.feed(piece)
        except NotADocumentError as error:
            raise self._foreign(error) from None
        except FramingError as error:
            raise self._transport.undecodable(
                self._call.request, self._response, str(error), error.excerpt.encode()
            ) from None

    @property
    def is_cut(self) -> bool:
        """Whether the body, where it has ended, ended in the middle of something."""
        return self._decoder.is_inside

    def decode(self, document: bytes) -> T:
        """What a document means. Raises ``APIError`` for the gateway's word that it has failed, ``DecodeError``."""
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


@asynccontextmanager
async def open_stream(
    transport: AsyncTransport, call: StreamCall[T], deadline: Deadline, idle_timeout: float | None
) -> AsyncIterator[AsyncStream[T]]:
    """Send the request once and give its stream, closed at the end. Raises the errors of ``yc_runs.errors``."""
    async with transport.send(
        call.request, deadline, headers=_HEADERS, is_stream=True, idle_timeout=idle_timeout
    ) as body:
        yield AsyncStream(transport, call, body)
