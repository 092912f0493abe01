"""Answers of a gateway, written by hand: the JSON of runs and events, and the HTTP responses that carry them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import httpx
import pytest

from yc_runs.testing import Framing

RUN_ID = "run-0001"
ASSISTANT_ID = "assistant-01"
THREAD_ID = "thread-01"
CREATED_AT = "2026-02-03T04:05:06.123456789Z"

CONTENT_TYPES = {"sse": "text/event-stream"}
"""The content type of a framing, where it is not plain JSON."""

LEFT_UNREAD = pytest.mark.filterwarnings("ignore:Async generator .* was garbage collected:ResourceWarning")
"""For tests that leave a body unread: httpx reads it by nested generators, and trio warns of those left inside."""

Piece = bytes | Exception | Callable[[], None]
"""A piece of a body: bytes, an exception to raise in its place, or something to do (such as to let time pass)."""


def run_json(status: str = "PENDING", *, run_id: str = RUN_ID, **members: Any) -> dict[str, Any]:
    """A run as the gateway shows it; ``members`` of the state go by the proto's names in camelCase."""
    state_members = ("error", "completedMessage", "toolCallList")
    state = {name: members.pop(name) for name in state_members if name in members}
    return {
        "id": run_id,
        "assistantId": ASSISTANT_ID,
        "threadId": THREAD_ID,
        "createdBy": "user-01",
        "createdAt": CREATED_AT,
        "state": {"status": status, **state},
        **members,
    }


def message_json(text: str = "It is done.", **members: Any) -> dict[str, Any]:
    """A message of the assistant."""
    return {
        "id": "message-01",
        "threadId": THREAD_ID,
        "createdBy": "user-01",
        "createdAt": CREATED_AT,
        "author": {"id": ASSISTANT_ID, "role": "ASSISTANT"},
        "content": text_json(text),
        "status": "COMPLETED",
        **members,
    }


def text_json(*texts: str) -> dict[str, Any]:
    """The content of a message with these text parts."""
    return {"content": [{"text": {"content": text}} for text in texts]}


def usage_json(total: int = 20) -> dict[str, str]:
    """Tokens used."""
    return {"promptTokens": str(total - 8), "completionTokens": "8", "totalTokens": str(total)}


def calls_json(*names: str, **arguments: Any) -> dict[str, Any]:
    """One round of function calls, each with the same arguments."""
    return {"toolCalls": [{"functionCall": {"name": name, "arguments": arguments}} for name in names]}


def completed(text: str = "It is done.", **members: Any) -> dict[str, Any]:
    """A run that has succeeded."""
    return run_json("COMPLETED", completedMessage=message_json(text), usage=usage_json(), **members)


def calling(*names: str, total: int = 20, **members: Any) -> dict[str, Any]:
    """A run that waits for the results of its calls."""
    return run_json("TOOL_CALLS", toolCallList=calls_json(*names), usage=usage_json(total), **members)


def partial_event(index: int, text: str) -> dict[str, Any]:
    """An event with the text so far."""
    return {"eventType": "PARTIAL_MESSAGE", "streamCursor": cursor(index), "partialMessage": text_json(text)}


def done_event(index: int, text: str = "It is done.") -> dict[str, Any]:
    """The last event of a run that succeeds."""
    return {"eventType": "DONE", "streamCursor": cursor(index), "completedMessage": message_json(text)}


def error_event(index: int, message: str) -> dict[str, Any]:
    """The last event of a run that fails."""
    return {"eventType": "ERROR", "streamCursor": cursor(index), "error": {"message": message}}


def calls_event(index: int, *names: str) -> dict[str, Any]:
    """An event with calls to answer."""
    return {"eventType": "TOOL_CALLS", "streamCursor": cursor(index), "toolCallList": calls_json(*names)}


def cursor(index: int) -> dict[str, str]:
    """The place of an event; proto3 leaves a 0 out."""
    return {"currentEventIdx": str(index)} if index else {}


def ok(body: Any = None, **headers: str) -> httpx.Response:
    """An answer with this JSON."""
    return httpx.Response(200, json={} if body is None else body, headers=dashed(headers))


def refusal(status: int, body: Any = None, **headers: str) -> httpx.Response:
    """An error answer; ``body`` is JSON, or text as it is, and ``retry_after`` becomes ``Retry-After``."""
    if isinstance(body, str):
        return httpx.Response(status, text=body, headers=dashed(headers))
    return httpx.Response(status, json=body or {"code": 13, "message": "no luck"}, headers=dashed(headers))


def dashed(headers: dict[str, str]) -> dict[str, str]:
    """Header names as they are on the wire."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes piece by piece, for either kind of client. ``is_closed`` tells that it was let go."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = iter(pieces)
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            if isinstance(piece, bytes):
                yield piece
            else:
                piece()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.is_closed = True


class PromptStream:
    """What an answer's extensions hold of a connection that keeps to the deadline of the call, as the client's own."""

    keeps_deadlines = True


def streamed(body: Body, content_type: str = "text/event-stream", **headers: str) -> httpx.Response:
    """An answer whose body comes piece by piece."""
    all_headers = {"content-type": content_type, **dashed(headers)}
    return httpx.Response(200, headers=all_headers, stream=body, extensions={"network_stream": PromptStream()})


def events_answer(*pieces: Any, framing: Framing = "sse", **headers: str) -> httpx.Response:
    """A stream: events (dicts) framed one by one, other pieces as they are. The body is ``response.stream``."""
    return streamed(framed(pieces, framing), CONTENT_TYPES.get(framing, "application/json"), **headers)


def framed(pieces: Iterable[Any], framing: Framing = "sse") -> Body:
    """The body of a stream of these events, in one of the four framings."""
    return Body(_framed(pieces, framing))


def _framed(pieces: Iterable[Any], framing: Framing) -> Iterator[Piece]:
    opener = b"["
    for piece in pieces:
        if not isinstance(piece, dict):
            yield piece
            continue
        text = json.dumps(piece, ensure_ascii=False).encode()
        if framing == "sse":
            yield b"data: " + text + b"\n\n"
        elif framing == "array":
            yield opener + text
            opener = b",\n"
        else:
            yield (b'{"result": ' + text + b"}" if framing == "result-lines" else text) + b"\n"
    if framing == "array":
        yield b"[]" if opener == b"[" else b"]"
