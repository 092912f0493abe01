"""Documents one after another, whether one a line or in an array that is sent piece by piece. Pure."""

from __future__ import annotations

import re

from yc_runs.wire.framing import DEFAULT_LIMIT, DocumentTooLargeError, FramingError, NotADocumentError

_BETWEEN = re.compile(rb"[\s,\[\]]*")
_STRUCTURE = re.compile(rb'["{}]')
# Bounded, since the pattern's engine keeps a record of every repetition, a hundred bytes for two.
_STRING_REST = re.compile(rb'[^"\\]*(?:\\.[^"\\]*){0,1000}', re.DOTALL)
_OPENING = ord("{")
_BOM = b"\xef\xbb\xbf"


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
