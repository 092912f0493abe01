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

import codecs
import re
from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from httpx_sse import EventSource

if TYPE_CHECKING:
    import httpx

DEFAULT_LIMIT = 16 * 1024 * 1024
"""How large one document may be, in bytes."""

_BETWEEN = re.compile(rb"[\s,\[\]]*")
_STRUCTURE = re.compile(rb'["{}]')
# Bounded, since the pattern's engine keeps a record of every repetition, a hundred bytes for two.
_STRING_REST = re.compile(rb'[^"\\]*(?:\\.[^"\\]*){0,1000}', re.DOTALL)
_OPENING = ord("{")
_BOM = b"\xef\xbb\xbf"
_BEHIND_BOM = (b"", 0)
"""The state of a text decoder to which a byte order mark is a character like any other."""


class FramingError(ValueError):
    """The bytes are not a stream of documents. ``excerpt`` is where it was seen."""

    def __init__(self, message: str, excerpt: bytes = b"") -> None:
        super().__init__(message)
        self.excerpt: str = excerpt[:200].decode("utf-8", "replace")


class DocumentTooLargeError(FramingError):
    """A document is larger than the limit. Asking again would bring it again."""


class NotADocumentError(FramingError):
    """Something else stands where a document should begin, such as a proxy's page."""


class DocumentScanner:
    """Takes JSON objects out of bytes: lines, arrays, or simply one after another."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._position = 0
        self._depth = 0
        self._arrays = 0
        self._in_string = False
        self._may_have_bom = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """The documents that this chunk completes, in order. Raises ``FramingError``."""
        self._buffer += chunk
        documents: list[bytes] = []
        try:
            while self._begin() and self._finish():
                self._check_size(self._position)
                documents.append(bytes(self._buffer[: self._position]))
                self._drop(self._position)
            self._check_size(len(self._buffer))
        except FramingError:
            # What is refused stays in the buffer, so the next chunk meets it again.
            if not documents:
                raise
        return documents

    @property
    def is_inside(self) -> bool:
        """Whether a document, or an array of them, has begun and not ended: at the end of the body, that it was cut."""
        return self._depth > 0 or self._arrays > 0

    def _begin(self) -> bool:
        """Whether a document has begun: skips what stands before it."""
        if self._depth:
            return True
        if self._may_have_bom and not self._skip_bom():
            return False
        between = _BETWEEN.match(self._buffer)
        if between:
            self._arrays += between.group().count(b"[") - between.group().count(b"]")
            self._drop(between.end())
        if not self._buffer:
            return False
        if self._buffer[0] != _OPENING:
            raise NotADocumentError("this is no event", bytes(self._buffer[:200]))
        self._position = self._depth = 1
        return True

    def _finish(self) -> bool:
        """Moves on to the end of the document (True), or of the buffer (False)."""
        while self._depth:
            if self._in_string and not self._skip_string():
                return False
            mark = _STRUCTURE.search(self._buffer, self._position)
            self._position = mark.end() if mark else len(self._buffer)
            if not mark:
                return False
            self._take(mark.group())
        return True

    def _take(self, mark: bytes) -> None:
        if mark == b'"':
            self._in_string = True
        else:
            self._depth += 1 if mark == b"{" else -1

    def _skip_string(self) -> bool:
        """Moves behind the closing quote; False if it is not in yet. Stays on a backslash whose pair is not in."""
        while rest := _STRING_REST.match(self._buffer, self._position):
            self._position = rest.end()
            ahead = self._buffer[self._position : self._position + 2]
            if ahead[:1] == b'"':
                self._position += 1
                self._in_string = False
                return True
            if len(ahead) < 2:
                break
        return False

    def _skip_bom(self) -> bool:
        head = bytes(self._buffer[: len(_BOM)])
        if head != _BOM and _BOM.startswith(head):
            return False
        self._may_have_bom = False
        self._drop(len(_BOM) if head == _BOM else 0)
        return True

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._position = 0

    def _check_size(self, size: int) -> None:
        if size > self._limit:
            raise DocumentTooLargeError(f"an event is larger than {self._limit} bytes", bytes(self._buffer[:200]))


class EventStreamDecoder:
    r"""Takes the data out of server-sent events, each with the chunk that brings its blank line.

    The bytes are made into text whose lines all end in ``\\n`` (a ``\\r`` at the end of a chunk counts at once, also
    where the next chunk makes it ``\\r\\n``), a byte order mark is dropped, and whole events go to httpx-sse. Chunks of
    whole events of one line of data each, perhaps after one that names their kind, are taken apart as they are.
    Comments, and events without data, give nothing. The bytes since the last blank line are held against ``limit``.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self._size = 0
        self._parts: list[str] = []
        self._last = ""
        self._after_cr = False
        self._refused: FramingError | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")

    def feed(self, chunk: bytes) -> list[bytes]:
        """The documents that this chunk completes, in order. Raises ``FramingError``."""
        if len(chunk) <= self._limit and (plain := self._plain(chunk)) is not None:
            return plain
        documents = [] if self._refused else self._read(chunk)
        fitting = list(takewhile(lambda document: len(document) <= self._limit, documents))
        if len(fitting) < len(documents) or self._size > self._limit:
            self._refused = DocumentTooLargeError(f"an event is larger than {self._limit} bytes", chunk)
        if self._refused and not fitting:
            raise self._refused
        return fitting

    def _plain(self, chunk: bytes) -> list[bytes] | None:
        """The documents of whole events as gateways send them, which need no parser; None for any other chunk."""
        is_between = not (self._size or self._after_cr or self._refused or self._decoder.getstate()[0])
        if not (is_between and chunk.endswith(b"\n\n")) or b"\r" in chunk or not _is_text(chunk):
            return None
        documents = []
        for event in chunk[:-2].split(b"\n\n"):
            data = event.partition(b"\n")[2] if event.startswith(b"event:") else event
            if not data.startswith(b"data:") or b"\n" in data:
                return None
            documents.append(data[6:] if data[5:6] == b" " else data[5:])
        self._decoder.setstate(_BEHIND_BOM)
        return [document for document in documents if document]

    def _read(self, chunk: bytes) -> list[bytes]:
        self._size += len(chunk)
        text = self._unify(self._decode(chunk))
        blank = (self._last + text).rfind("\n\n")
        return self._complete(text, blank + 2 - len(self._last)) if blank >= 0 else self._hold(text)

    def _decode(self, chunk: bytes) -> str:
        """The text of the chunk, up to where it is none."""
        try:
            return self._decoder.decode(chunk)
        except UnicodeDecodeError as error:
            self._refused = FramingError("the event stream is not UTF-8", chunk)
            return error.object[: error.start].decode().removeprefix("\ufeff")

    @property
    def is_inside(self) -> bool:
        """Whether an event has begun and not ended: at the end of the body, that it was cut."""
        return any(line.startswith("data") for line in "".join(self._parts).split("\n"))

    def _unify(self, text: str) -> str:
        if not text or ("\r" not in text and not self._after_cr):
            return text
        if self._after_cr:
            text = text.removeprefix("\n")
        self._after_cr = text.endswith("\r")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _hold(self, text: str) -> list[bytes]:
        self._parts.append(text)
        self._last = text[-1:] or self._last
        return []

    def _complete(self, text: str, end: int) -> list[bytes]:
        """The events up to ``end``, a blank line's; what follows is held."""
        whole = "".join((*self._parts, text[:end]))
        self._parts = [text[end:]]
        self._last = text[end:][-1:]
        self._size = len(text[end:].encode())
        events = EventSource(_as_response(whole)).iter_sse()
        return [event.data.encode() for event in events if event.data]


def _is_text(chunk: bytes) -> bool:
    try:
        return chunk.isascii() or bool(chunk.decode())
    except UnicodeDecodeError:
        return False


class _EventText:
    """As much of a response as httpx-sse asks for."""

    headers: ClassVar[dict[str, str]] = {"content-type": "text/event-stream"}

    def __init__(self, text: str) -> None:
        self._text = text

    def iter_text(self) -> Iterator[str]:
        yield self._text


def _as_response(text: str) -> httpx.Response:
    return cast("httpx.Response", _EventText(text))


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
    is_sse = content_type.partition(";")[0].strip().lower() == "text/event-stream"
    return EventStreamDecoder(limit) if is_sse else DocumentScanner(limit)
