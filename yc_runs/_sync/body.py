# Generated from yc_runs/_async/body.py by tools/generate_sync.py; do not edit.
"""The body of an answer, read in pieces under the deadline of its call, and always brought to its end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import httpx

from yc_runs._deadline import Deadline, under

PATIENCE = 0.2
"""Seconds in which the rest of a body that is not needed may still come: read to its end, its connection lives on."""

_MANY_PIECES = 100
"""A rest of more pieces than this costs more than the new connection that it would save."""

_PLAIN = frozenset({"", "identity"})

_ENCODINGS = _PLAIN | {"gzip", "deflate"}
"""What was asked for. Layers of compression could make any amount of data out of a single piece."""


class Body:
    """An answer whose body is read piece by piece."""

    _pieces: Iterator[bytes]

    def __init__(self, response: httpx.Response, deadline: Deadline, now: Callable[[], float]) -> None:
        self.response = response
        self.deadline: Deadline = deadline
        self._now = now
        self._idle_timeout: float | None = None
        self._is_started = False
        self._is_done = False

    @property
    def _keeps_deadlines(self) -> bool:
        return getattr(self.response.extensions.get("network_stream"), "keeps_deadlines", False)

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers, asked without regard to case."""
        return self.response.headers

    def read(self) -> bytes | None:
        """The next piece, as soon as it is there; None at the end. Raises httpx's errors, and ``TimeoutError``."""
        limit, idle = self.deadline, self._idle_timeout
        if limit.ends is None and idle is None and self._is_started:
            piece = next(self._pieces, None)
        else:
            piece = self._read_under(limit, idle)
        self._is_done = piece is None
        return piece

    def _read_under(self, limit: Deadline, idle: float | None) -> bytes | None:
        now = self._now()
        if limit.left(now) == 0:
            raise TimeoutError
        with under(limit if idle is None else limit.at_most(idle, now), self._now):
            return next(self._pieces, None) if self._is_started else self._first()

    def read_on(self, deadline: Deadline, idle_timeout: float | None) -> None:
        """From now on read under these limits; ``idle_timeout`` is the most seconds for each piece."""
        self.deadline, self._idle_timeout = deadline, idle_timeout

    def _next(self) -> bytes | None:
        return next(self._pieces, None)

    def _first(self) -> bytes | None:
        self._pieces = self._decoded()
        self._is_started = True
        return self._next()

    def _decoded(self) -> Iterator[bytes]:
        encoding = self.headers.get("content-encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            raise httpx.DecodingError(f"{encoding!r:.100} was not asked for")
        if encoding in _PLAIN and not self.response.is_stream_consumed:
            # There is nothing to decode, and httpx takes two more steps for each piece.
            return iter(self.response.stream)  # type: ignore[arg-type]
        return self.response.iter_bytes()

    def finish(self, patience: float) -> None:
        """Leave the body: read what comes within so many seconds, then close it.

        An iterator of httpx that is dropped before its end leaves a chain of open generators behind; one that runs
        into an error does not. So where there is no patience, the next read is made to fail at once. All this needs a
        connection that keeps to the deadline: another might take its time.
        """
        try:
            if self._is_started and not self._is_done:
                self._drain(patience)
        finally:
            # At the interpreter's end the pool has closed the connection, and httpx could do so no more: it makes a
            # timedelta in closing, which ends CPython 3.13.0 with a segmentation fault.
            if not sys.is_finalizing():
                self.response.close()

    def _drain(self, patience: float) -> None:
        if not self._keeps_deadlines:
            return
        with under(self.deadline.at_most(patience, self._now()), self._now):
            self._read_rest()

    def _read_rest(self) -> None:
        with suppress(Exception):
            for _ in range(_MANY_PIECES):
                if next(self._pieces, None) is None:
                    break
