"""Answers that go out only in part, or in drops."""

from __future__ import annotations

import anyio
from starlette.types import Message, Send

from yc_runs.testing._errors import UNAVAILABLE, GatewayError
from yc_runs.testing._framing import StreamFramer
from yc_runs.testing.faults import CutHow, CutStream

PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
"""What a proxy shows that has lost the gateway."""


class CutOff(BaseException):
    """Ends an app in the middle of its answer. No ``Exception``: no app shall make an answer of it."""


class Cutter:
    """A ``send`` that lets a stream through up to the place of the cut, and raises ``CutOff`` there.

    ``has_sent`` tells whether any of the body went out.
    """

    def __init__(self, cut: CutStream, send: Send) -> None:
        self._send = send
        self._counts_bytes = cut.after_bytes is not None
        self._left = cut.after_bytes or cut.after_events or 0
        self._is_stream = False
        self.has_sent = False

    async def __call__(self, message: Message) -> None:
        """Send on what is still to be sent."""
        if message["type"] == "http.response.start":
            # An answer that told its length beforehand is none, and the server would not let it end early.
            has_length = any(name.lower() == b"content-length" for name, _ in message.get("headers", ()))
            self._is_stream = message["status"] == 200 and not has_length
            await self._send(message)
        elif self._counts_bytes:
            await self._send_bytes(message)
        else:
            await self._send_event(message)
        if self._is_stream and self._left == 0:
            raise CutOff

    async def _send_bytes(self, message: Message) -> None:
        body = message.get("body", b"")
        if self._is_stream and len(body) >= self._left:
            body, message = body[: self._left], {**message, "more_body": True}
        self._left -= len(body)
        self.has_sent = self.has_sent or bool(body)
        await self._send({**message, "body": body})

    async def _send_event(self, message: Message) -> None:
        # The last piece of a stream only closes it; each piece before is an event.
        self._left -= message.get("more_body", False)
        self.has_sent = True
        await self._send(message)


def ending(how: CutHow, framer: StreamFramer, *, is_first: bool) -> bytes | None:
    """Give the last bytes of a stream that is cut; None where it has no end. ``is_first``: nothing went before."""
    if how == "clean":
        return b""
    if how == "html":
        return PAGE
    if how == "late_error":
        # The cut may be in the middle of an event; an empty line more means nothing in any framing.
        gap = b"" if is_first else b"\n\n"
        return gap + framer.error(GatewayError(UNAVAILABLE, "upstream connect error: the backend was lost"))
    return None


def drip(send: Send, seconds: float) -> Send:
    """Make a ``send`` that lets the body through byte by byte."""

    async def send_drops(message: Message) -> None:
        body = message.get("body", b"")
        for place in range(len(body)):
            await anyio.sleep(seconds)
            more = message.get("more_body", False) or place + 1 < len(body)
            await send({**message, "body": body[place : place + 1], "more_body": more})
        if not body:
            await send(message)

    return send_drops


async def stop(message: Message) -> None:
    """Be a ``send`` through which nothing goes."""
    raise CutOff
