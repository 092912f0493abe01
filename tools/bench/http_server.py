"""A gateway that does as little as it can, so that the clients are what is measured.

What a run does is told by its id:

- ``done``: it has ended.
- ``at-<moment>``: it ends at that moment of the machine's monotonic clock, in seconds.
- ``grow-<events>-<step>-<pause>``: its stream has so many events, each partial text is so many bytes longer than the
  one before, and so many seconds pass between two events.

The same runs are responses too, under ``/v1/responses/``: ``done`` and ``grow-…``.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

_RUNS = "/assistants/v1/runs/"
_RESPONSES = "/v1/responses/"
_DONE = (b"DONE", b"completedMessage")


def run_body(run_id: str, status: str) -> bytes:
    """A run as the gateway answers it."""
    message = {
        "id": "m1",
        "threadId": "t1",
        "author": {"id": "a1", "role": "ASSISTANT"},
        "content": {"content": [{"text": {"content": "hello"}}]},
        "status": "COMPLETED",
    }
    ended = {"completedMessage": message} if status == "COMPLETED" else {}
    run = {
        "id": run_id,
        "assistantId": "a1",
        "threadId": "t1",
        "createdBy": "u1",
        "createdAt": "2025-01-02T03:04:05.123456789Z",
        "labels": {"k": "v"},
        "state": {"status": status, **ended},
        "usage": {"promptTokens": "1", "completionTokens": "2", "totalTokens": "3"},
    }
    return json.dumps(run).encode()


def event(index: int, text: bytes, *, is_last: bool) -> bytes:
    """One server-sent event."""
    content = b'{"content":[{"text":{"content":"%s"}}]}' % text
    kind, rest = (
        (b"DONE", b'"completedMessage":{"id":"m1","threadId":"t1","status":"COMPLETED","content":%s}' % content)
        if is_last
        else (b"PARTIAL_MESSAGE", b'"partialMessage":%s' % content)
    )
    return b'data: {"eventType":"%s","streamCursor":{"currentEventIdx":"%d"},%s}\n\n' % (kind, index, rest)


async def events(run_id: str) -> AsyncIterator[bytes]:
    """The stream of a run."""
    kind, _, rest = run_id.partition("-")
    if kind == "at":
        yield event(0, b"so far", is_last=False)
        await asyncio.sleep(float(rest) - time.monotonic())
        yield event(1, b"so far, so good", is_last=True)
        return
    count, step, pause = rest.split("-")
    text = b"x" * (int(count) * int(step))
    began = time.monotonic()
    for index in range(int(count)):
        yield event(index, text[: (index + 1) * int(step)], is_last=index == int(count) - 1)
        # Reckoned from the beginning, so that a late timer does not slow the stream down.
        await asyncio.sleep(max(0.0, began + (index + 1) * float(pause) - time.monotonic()))


def response(run_id: str, status: str, text: str = "hello") -> dict[str, object]:
    """A response as the gateway answers it."""
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    message = {"id": "m1", "type": "message", "role": "assistant", "status": "completed", "content": content}
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    return {
        "id": run_id,
        "object": "response",
        "created_at": 1735787045,
        "status": status,
        "model": "gpt://f/yandexgpt/latest",
        "output": [message] if status == "completed" else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3, **details},
    }


async def deltas(run_id: str) -> AsyncIterator[bytes]:
    """The stream of a response."""
    count, step, pause = run_id.removeprefix("grow-").split("-")
    began = time.monotonic()
    yield _sent({"type": "response.created", "response": response(run_id, "in_progress")}, 0)
    place = {"item_id": "m1", "output_index": 0, "content_index": 0, "logprobs": []}
    for index in range(int(count)):
        yield _sent({"type": "response.output_text.delta", "delta": "x" * int(step), **place}, index + 1)
        await asyncio.sleep(max(0.0, began + (index + 1) * float(pause) - time.monotonic()))
    whole = response(run_id, "completed", "x" * (int(count) * int(step)))
    yield _sent({"type": "response.completed", "response": whole}, int(count) + 1)


def _sent(value: dict[str, object], number: int) -> bytes:
    data = json.dumps({**value, "sequence_number": number}, separators=(",", ":"))
    return f"event: {value['type']}\ndata: {data}\n\n".encode()


async def stream(writer: asyncio.StreamWriter, pieces: AsyncIterator[bytes]) -> None:
    """Answer with a stream."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    async for piece in pieces:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()
    writer.write(b"0\r\n\r\n")


def answer(run_id: str) -> bytes:
    """Answer with a run."""
    is_over = not run_id.startswith("at-") or time.monotonic() >= float(run_id[3:])
    return _whole(run_body(run_id, "COMPLETED" if is_over else "IN_PROGRESS"))


def _whole(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)


async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection, one after another."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            url = urlsplit(head.split(b" ", 2)[1].decode())
            run_id = url.path.removeprefix(_RUNS)
            if run_id == "listen":
                await stream(writer, events(parse_qs(url.query)["runId"][0]))
            elif url.path.startswith(_RESPONSES) and "stream" in parse_qs(url.query):
                await stream(writer, deltas(url.path.removeprefix(_RESPONSES)))
            elif url.path.startswith(_RESPONSES):
                writer.write(_whole(json.dumps(response(url.path.removeprefix(_RESPONSES), "completed")).encode()))
            else:
                writer.write(answer(run_id))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def main(certificate: str) -> None:
    """Serve http and https until killed; prints both ports."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    ports = []
    for tls in (None, context):
        server = await asyncio.start_server(serve_connection, "127.0.0.1", 0, ssl=tls, backlog=4096)
        ports.append(server.sockets[0].getsockname()[1])
    print(*ports, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
