"""Documents in the data of server-sent events. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, ClassVar, cast

from httpx_sse import EventSource

from yc_runs.wire.framing import DEFAULT_LIMIT, DocumentTooLargeError, FramingError

if TYPE_CHECKING:
    import httpx

_BEHIND_BOM = (b"", 0)
"""The state of a text decoder to which a byte order mark is a character like any other."""


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
