"""Replays files of exchanges: a gateway that expects just these requests, and gives the answers that belong to them.

A file is a list of ``{"request": {"method", "path", "query", "body"}, "response": {"status", "json" or "stream"}}``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from tests.support.answers import events_answer
from yc_runs.testing import Framing

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


class Replay:
    """A handler for the clients of ``tests.support.clients``; each request must be the next one of the file."""

    def __init__(self, path: Path, framing: Framing = "result-lines") -> None:
        self.exchanges: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        self._framing: Framing = framing
        self._count = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert not self.is_done, f"one request too many: {request.method} {request.url}"
        exchange = self.exchanges[self._count]
        self._count += 1
        seen, expected = _seen(request), _unordered(exchange["request"])
        assert seen == expected, f"the request is\n{seen}\nand should be\n{expected}"
        answer = exchange["response"]
        if "stream" in answer:
            return events_answer(*answer["stream"], framing=self._framing)
        return httpx.Response(answer["status"], json=answer["json"])

    @property
    def is_done(self) -> bool:
        """Every exchange has taken place."""
        return self._count == len(self.exchanges)


def _seen(request: httpx.Request) -> dict[str, Any]:
    request_json = {
        "method": request.method,
        "path": request.url.path,
        "query": dict(request.url.params),
        "body": json.loads(request.content) if request.content else None,
    }
    return _unordered(request_json)


def _unordered(request: dict[str, Any]) -> dict[str, Any]:
    """The request with the paths of its mask as a set: their order means nothing."""
    body = request["body"]
    if not body or "updateMask" not in body:
        return request
    return {**request, "body": {**body, "updateMask": set(body["updateMask"].split(","))}}
