r"""Bytes of a streamed answer -> the JSON documents in it. Pure, incremental, in bounded memory.

Four framings are in use; the answer's content type and its first bytes tell which:

1. ``text/event-stream``: one document in the data of each server-sent event. ``EventStreamDecoder`` finds the
   ends of events and has httpx-sse read them.
2. to 4. Anything else: documents one after another, whether one a line or in an array that is sent piece by
   piece. ``DocumentScanner`` takes out each object, whatever stands between them.

Rules, for every cut of the bytes into chunks:

- A document comes out with the chunk that holds its last byte.
- Nothing but JSON's own structure ends a document, and nothing but ``\\n``, ``\\r`` and ``\\r\\n`` ends a line:
  U+2028, U+2029, U+0085 and the like are text.
- A document that grows past ``limit`` bytes is refused before it is held.
- What stands between documents must be white space, ``,``, ``[`` or ``]``; anything else is no document.
- What is refused does not take along the documents before it: they come out first, the error with the next chunk.
- An unfinished document at the end of the body is not given out: the body was cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from yc_runs._lazy import lazy

if TYPE_CHECKING:
    from yc_runs.wire.framing._event_stream import EventStreamDecoder
    from yc_runs.wire.framing._scanner import DocumentScanner

__all__ = [
    "DEFAULT_LIMIT",
    "Decoder",
    "DocumentScanner",
    "DocumentTooLargeError",
    "EventStreamDecoder",
    "FramingError",
    "NotADocumentError",
    "decoder_for",
]

DEFAULT_LIMIT = 16 * 1024 * 1024
"""How large one document may be, in bytes."""


class FramingError(ValueError):
    """The bytes are not a stream of documents. ``excerpt`` is where it was seen."""

    def __init__(self, message: str, excerpt: bytes = b"") -> None:
        super().__init__(message)
        self.excerpt: str = excerpt[:200].decode("utf-8", "replace")


class DocumentTooLargeError(FramingError):
    """A document is larger than the limit. Asking again would bring it again."""


class NotADocumentError(FramingError):
    """Something else stands where a document should begin, such as a proxy's page."""


class Decoder(Protocol):
    """Bytes in, documents out."""

    @property
    def is_inside(self) -> bool:
        """Whether something has begun and not ended: at the end of the body, that it was cut."""
        ...

    def feed(self, chunk: bytes) -> list[bytes]:
        """The documents that this chunk completes, in order. Raises ``FramingError``."""
        ...


def decoder_for(content_type: str, limit: int = DEFAULT_LIMIT) -> Decoder:
    """The decoder for an answer of this content type."""
    if content_type.partition(";")[0].strip().lower() == "text/event-stream":
        from yc_runs.wire.framing._event_stream import EventStreamDecoder

        return EventStreamDecoder(limit)
    from yc_runs.wire.framing._scanner import DocumentScanner

    return DocumentScanner(limit)


# Type checkers see the names above; a __getattr__ would have them take any name for one.
if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy(__name__, {"_event_stream": "EventStreamDecoder", "_scanner": "DocumentScanner"})
