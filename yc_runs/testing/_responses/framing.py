"""Server-sent events as this dialect sends them, as bytes. No I/O."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from yc_runs.testing._errors import GatewayError
from yc_runs.testing._framing import to_json
from yc_runs.testing._responses.errors import body
from yc_runs.testing._responses.quirks import Quirk


class EventFramer:
    """Frames one stream: each event with its type as its name."""

    content_type = "text/event-stream"

    def __init__(self, quirks: Collection[Quirk] = ()) -> None:
        self._quirks = quirks

    def message(self, value: Any) -> bytes:
        """Give the bytes of one event: all that a reader needs to decode it."""
        payload, name = to_json(value), str(value["type"]).encode()
        if "data-before-event" in self._quirks:
            event = b"data:" + payload + b"\nevent:" + name + b"\n\n"
        else:
            event = b"event: " + name + b"\ndata: " + payload + b"\n\n"
        return b": keep-alive\n\n" + event if "comments" in self._quirks else event

    def error(self, error: GatewayError) -> bytes:
        """Give the bytes of a late error, which is the last thing in the stream."""
        return b"data: " + to_json(body(error)) + b"\n\n"

    def close(self) -> bytes:
        """Give the bytes that end the stream; none for most."""
        return b"data: [DONE]\n\n" if "done-marker" in self._quirks else b""
