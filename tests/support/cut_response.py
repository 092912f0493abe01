"""The stream of a response that is cut after any byte, in any of the ways in which streams break.

``CutResponse`` decides what is answered, in process (see ``cut_stream.Wire``). ``kind`` says what the gateway does when
it is asked for the stream again: it goes on from there, tells all of it again, refuses to go on in the middle, has no
stream to give, or answers with the response itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support.answers import Body
from tests.support.cut_stream import LATE_FAULT_SSE, PAGE
from tests.support.responses import message_item, response_json, sse, story

KINDS = ("goes on", "ignores", "refuses", "no stream", "answers whole")
MODES = ("clean end", "reset", "truncated", "late error", "page")
PIECES = ("è", '\u2028 \\"}')
TEXT = "".join(PIECES)
EVENTS = story(*PIECES)
OPENING = len(sse(EVENTS[0]))
"""How many bytes it takes until the run is known."""

WANTED = [(2, "PARTIAL_MESSAGE", PIECES[0]), (3, "PARTIAL_MESSAGE", TEXT), (4, "DONE", TEXT)]
_ERRORS = {
    "reset": lambda: httpx.ReadError("reset"),
    "truncated": lambda: httpx.RemoteProtocolError("incomplete chunked read"),
}


@dataclass
class CutResponse:
    """Cuts the answer to the POST after ``at`` bytes; the response itself ends after ``looks`` looks."""

    kind: str
    mode: str
    at: int
    looks: int = 2
    seen: list[str] = field(default_factory=list)

    def answer(self, target: str) -> httpx.Response:
        """The answer to a request."""
        self.seen.append(target)
        parts = urlsplit(target)
        if parts.path == "/v1/responses":
            broken = _ERRORS.get(self.mode)
            pieces: list[Any] = [sse(*EVENTS)[: self.at] + self._extra(), *([broken()] if broken else [])]
            return httpx.Response(200, headers=_SSE, stream=Body(pieces))
        query = parse_qs(parts.query)
        return self._again(query) if "stream" in query else self._look()

    def _again(self, query: dict[str, list[str]]) -> httpx.Response:
        after = int(query.get("starting_after", ["-1"])[0])
        if self.kind == "no stream" or (self.kind == "refuses" and after >= 0):
            return httpx.Response(400, json={"error": {"message": "not possible", "type": "invalid_request_error"}})
        if self.kind == "answers whole":
            return self._look()
        return httpx.Response(200, headers=_SSE, content=sse(*EVENTS[after + 1 if self.kind == "goes on" else 0 :]))

    def _look(self) -> httpx.Response:
        self.looks -= 1
        is_done = self.looks < 0
        output = [message_item(TEXT)] if is_done else []
        return httpx.Response(200, json=response_json("completed" if is_done else "in_progress", *output))

    def _extra(self) -> bytes:
        """What a foreign hand adds where the stream is cut."""
        return {"page": PAGE, "late error": LATE_FAULT_SSE}.get(self.mode, b"")


_SSE = {"content-type": "text/event-stream"}


def is_whole(found: list[tuple[int, str, str | None]], kind: str) -> bool:
    """Whether no event is lost, repeated or out of order; without a stream, only the last text is due."""
    if kind in ("no stream", "answers whole") and found != WANTED:
        partials = found[:-1]
        return partials == WANTED[: len(partials)] and found[-1][1:] == WANTED[-1][1:]
    return found == WANTED
