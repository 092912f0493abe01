"""A run's stream that is cut after any byte, in any of the ways in which streams break, and told on from there.

``CutGateway`` decides what is answered. It answers either kind of client: through a socket (``acts``, for
``RawServer``), or in process (``AsyncWire``, ``Wire``), where a cut costs a fraction of a millisecond, so that all of
them can be tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.support.answers import CONTENT_TYPES, RUN_ID, Body, completed, framed, partial_event, run_json
from tests.support.raw_server import FIN, LAST_CHUNK, RST, Act, RawRequest, chunk, head, stall, whole
from yc_runs.testing import Framing

PAGE = b'<!DOCTYPE html><html><title>502 Bad Gateway</title><style>a{b:"c"}</style>\n\n<p class="x">no</p></html>'
LATE_FAULT = b'\n{"error": {"grpc_code": 14, "http_code": 503, "message": "upstream gone", "details": []}}'
LATE_FAULT_SSE = b"\n\ndata: " + LATE_FAULT[1:] + b"\n\n"

MODES = ("clean end", "reset", "truncated", "stall", "late error", "page", "page next", "502 next", "lost next")
"""How the stream breaks: in itself, or cleanly with something else in place of the next one."""

LAST_EVENT = {"eventType": "DONE", "streamCursor": {"currentEventIdx": 2}}
EVENTS = [partial_event(0, "è"), partial_event(1, 'è\u2028 \\"}'), LAST_EVENT]


@lru_cache
def body_of_events(start: int, framing: Framing) -> bytes:
    """The body of a stream from an index on."""
    return b"".join(framed(EVENTS[start:], framing))


@dataclass
class CutGateway:
    """Cuts the first stream after ``at`` bytes; ``replays`` tells all events again instead of those asked for."""

    framing: Framing
    mode: str
    at: int
    replays: bool = False
    status: str = "IN_PROGRESS"
    starts: list[int] = field(default_factory=list)
    asked: int = 0

    @property
    def whole_body(self) -> bytes:
        return body_of_events(0, self.framing)

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES.get(self.framing, "application/json")

    def body_from(self, start: int) -> bytes:
        return body_of_events(0 if self.replays else start, self.framing)

    def run(self) -> dict[str, Any]:
        self.asked += 1
        return completed() if self.status == "COMPLETED" else run_json(self.status)

    def extra(self) -> bytes:
        """What a foreign hand adds where the stream is cut."""
        if self.mode == "page":
            return PAGE
        if self.mode == "late error":
            return LATE_FAULT_SSE if self.framing == "sse" else LATE_FAULT
        return b""

    def answer(self, target: str) -> httpx.Response:
        """The answer to a GET, in process."""
        if not urlsplit(target).path.endswith("/listen"):
            return httpx.Response(200, json=self.run())
        headers = {"content-type": self.content_type}
        turn, start = self._turn(target)
        if turn == 0:
            pieces: list[Any] = [self.whole_body[: self.at] + self.extra()]
            broken = _ERRORS.get(self.mode)
            return httpx.Response(200, headers=headers, stream=Body(pieces + ([broken()] if broken else [])))
        if turn == 1 and self.mode.endswith("next"):
            if self.mode == "lost next":
                raise httpx.ReadError("reset")
            is_502 = self.mode == "502 next"
            return httpx.Response(502 if is_502 else 200, headers={"content-type": "text/html"}, content=PAGE)
        return httpx.Response(200, headers=headers, stream=Body([self.body_from(start)]))

    def acts(self, request: RawRequest) -> Iterable[Act]:
        """The answer to a GET, over a socket."""
        if not request.path.endswith("/listen"):
            return [whole(self.run())]
        turn, start = self._turn(request.target)
        opening = head(content_type=self.content_type)
        if turn == 0:
            body = self.whole_body[: self.at] + self.extra()
            return [opening, chunk(body) if body else b"", *_ENDS.get(self.mode, (LAST_CHUNK,))]
        if turn == 1 and self.mode.endswith("next"):
            if self.mode == "lost next":
                return [RST]
            return [whole(PAGE, 502 if self.mode == "502 next" else 200, content_type="text/html")]
        return [opening, chunk(self.body_from(start)), LAST_CHUNK]

    def _turn(self, target: str) -> tuple[int, int]:
        query = parse_qs(urlsplit(target).query)
        assert query["runId"] == [RUN_ID]
        self.starts.append(int(query["eventsStartIdx"][0]))
        return len(self.starts) - 1, self.starts[-1]


_ERRORS = {
    "reset": lambda: httpx.ReadError("reset"),
    "truncated": lambda: httpx.RemoteProtocolError("incomplete chunked read"),
    "stall": lambda: httpx.ReadTimeout("late"),
}

_ENDS: dict[str, tuple[Act, ...]] = {
    "reset": (RST,),
    "truncated": (b"ff\r\n{", FIN),
    "stall": (stall(),),
}


class AsyncWire:
    """As much of an ``httpx.AsyncClient`` as our client uses, with answers made by a function of the target."""

    def __init__(self) -> None:
        self.gateway: Any = None

    async def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        return _answered(self.gateway, request)


class Wire:
    """As much of an ``httpx.Client`` as our client uses."""

    def __init__(self) -> None:
        self.gateway: Any = None

    def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        return _answered(self.gateway, request)


def _answered(gateway: Any, request: httpx.Request) -> httpx.Response:
    response: httpx.Response = gateway.answer(request.url.raw_path.decode())
    response.request = request
    return response
