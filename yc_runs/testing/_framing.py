"""The four ways in which gateways send a stream of JSON messages, as bytes. No I/O."""

from __future__ import annotations

import json
from typing import Any, Literal, Protocol, get_args

from yc_runs.testing._errors import GatewayError, late_body

Framing = Literal["sse", "result-lines", "lines", "array"]
"""``sse``: one ``data:`` a message; ``result-lines``: ``{"result": ...}`` a line; ``lines``: one bare object a line;
``array``: one JSON array, sent piece by piece."""

FRAMINGS: tuple[Framing, ...] = get_args(Framing)


def to_json(value: Any) -> bytes:
    """Write compact UTF-8 JSON, with non-ASCII characters as they are. Half surrogate pairs become ``?``."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="replace")


class StreamFramer(Protocol):
    """Frames one stream: ``message`` for each message, then either ``close`` or ``error``."""

    @property
    def content_type(self) -> str:
        """The answer's media type."""
        ...

    def message(self, value: Any) -> bytes:
        """Give the bytes of one message: all that a reader needs to decode it."""
        ...

    def error(self, error: GatewayError) -> bytes:
        """Give the bytes of an error that ends the stream."""
        ...

    def close(self) -> bytes:
        """Give the bytes that end the stream, if any."""
        ...


class Framer:
    """Frames one stream of the assistants dialect.

    ``is_empty`` is False to go on with a stream that another one has begun.
    """

    def __init__(self, framing: Framing, *, is_empty: bool = True) -> None:
        if framing not in FRAMINGS:
            raise ValueError(f"framing must be one of {', '.join(FRAMINGS)}, not {framing!r}")
        self.framing = framing
        self._is_empty = is_empty

    @property
    def content_type(self) -> str:
        """The answer's media type."""
        return "text/event-stream" if self.framing == "sse" else "application/json"

    def message(self, value: Any) -> bytes:
        """Give the bytes of one message: all that a reader needs to decode it."""
        payload = to_json({"result": value} if self.framing == "result-lines" else value)
        if self.framing == "sse":
            return b"data: " + payload + b"\n\n"
        if self.framing == "array":
            return self._opener() + payload
        return payload + b"\n"

    def error(self, error: GatewayError) -> bytes:
        """Give the bytes of a late error, which is the last thing in the stream and has no closing newline."""
        payload = to_json(late_body(error))
        if self.framing == "sse":
            return b"data: " + payload + b"\n\n"
        return self._opener() + payload + b"]" if self.framing == "array" else payload

    def close(self) -> bytes:
        """Give the bytes that end the stream; none for most framings."""
        if self.framing != "array":
            return b""
        return b"[]" if self._is_empty else b"]"

    def _opener(self) -> bytes:
        opener = b"[" if self._is_empty else b","
        self._is_empty = False
        return opener
