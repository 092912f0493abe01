"""Serves a recording: a JSON list of exchanges, each a request and its answer, in order.

    [{"request": {"method", "path", "query", "body"}, "response": {"status", "json" | "stream"}}, …]

Every request must be the next of the recording: method, path, query and JSON body, where numbers may be written as
int64 strings. A stream is sent in the framing that the replay is set to.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from tests.support.answers import CONTENT_TYPES, framed, streamed
from yc_runs.testing import Framing

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
RECORDINGS = ROOT.parent / "shared" / "recordings"
"""Recordings of the real service, where somebody has put them beside the repository."""


class Replay:
    """The gateway of one recording; a handler for ``httpx.MockTransport``."""

    def __init__(self, path: Path, framing: Framing = "sse") -> None:
        self.exchanges: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        self.framing = framing
        self.position = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert not self.is_done, f"one request too many: {request.method} {request.url}"
        exchange = self.exchanges[self.position]
        self.position += 1
        assert as_recorded(request) == normal(exchange["request"]), f"exchange {self.position}"
        return self._answer(exchange["response"])

    @property
    def is_done(self) -> bool:
        """Every exchange has taken place."""
        return self.position == len(self.exchanges)

    def skip_to(self, path: str) -> None:
        """Leave out the exchanges before the next one with this path."""
        while self.exchanges[self.position]["request"]["path"] != path:
            self.position += 1

    def answers(self, path: str) -> list[Any]:
        """What was answered at this path: JSON, or lists of streamed items."""
        found = [exchange["response"] for exchange in self.exchanges if exchange["request"]["path"] == path]
        return [answer.get("stream", answer.get("json")) for answer in found]

    def _answer(self, answer: dict[str, Any]) -> httpx.Response:
        if "stream" not in answer:
            return httpx.Response(answer["status"], json=answer["json"])
        content_type = CONTENT_TYPES.get(self.framing, "application/json")
        assert answer["status"] == 200
        return streamed(framed(answer["stream"], self.framing), content_type)


def as_recorded(request: httpx.Request) -> dict[str, Any]:
    """A request in the form of a recording."""
    body = json.loads(request.content) if request.content else None
    query = dict(request.url.params)
    return normal({"method": request.method, "path": request.url.path, "query": query, "body": body})


def normal(value: Any) -> Any:
    """JSON in which an int64 is a string, however it was written; the way in which numbers differ between programs."""
    if isinstance(value, dict):
        return {name: normal(member) for name, member in value.items()}
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return str(int(value)) if value == int(value) else value
