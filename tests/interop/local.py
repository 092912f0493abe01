"""The service's scripts (backend/scripts.py), written for ``LocalGateway``."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from tests.interop.backend.scripts import SLOW_PAUSE
from yc_runs.testing import Fail, Final, FunctionCall, Message, Partial, Pause, Script, ToolCalls

_EXPIRES = {"expirationConfig": {"expirationPolicy": "STATIC", "ttlDays": "1"}}
_STATIC = {"staticStrategy": {"maxChunkSizeTokens": "100", "chunkOverlapTokens": "10"}}
_CHUNK = {
    "searchIndex": {"id": "index-1", "textSearchIndex": {"chunkingStrategy": _STATIC}, **_EXPIRES},
    "sourceFile": {"id": "file-1", "mimeType": "text/plain", **_EXPIRES},
    "content": {"content": [{"text": {"content": "what the file says"}}]},
}


def scripts() -> dict[str, Script]:
    """The scripts by the names of their models."""
    return {
        "slow": _slow,
        "nameless": lambda messages, tools: Fail("no code is named", code=0),
        "rounds": _rounds,
        "cut": _final(status="TRUNCATED"),
        "cited": _final(citations=[{"sources": [{"chunk": _CHUNK}]}]),
    }


def _slow(messages: Sequence[Message], tools: Any) -> Generator[Any, Any, None]:
    words = messages[-1].text.split(" ")
    for count in range(len(words)):
        yield Pause(SLOW_PAUSE)
        yield Partial(" ".join(words[: count + 1]))
    yield Final(" ".join(words))


def _rounds(messages: Sequence[Message], tools: Any) -> Generator[Any, Any, None]:
    yield Partial("Let me see")
    first = yield ToolCalls([FunctionCall("weather", {"city": "Омск", "days": [1, 2.5, None]})])
    calls = [FunctionCall("time", {}), FunctionCall("weather", {"city": "Тула", "deep": {"ok": True}})]
    second = yield ToolCalls(calls)
    yield Partial("So")
    yield Final("; ".join(result.content for result in (*first, *second)))


def _final(**fields: Any) -> Callable[..., Final]:
    return lambda messages, tools: Final(messages[-1].text, **fields)
