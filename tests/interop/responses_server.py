"""A server of the Responses API that others wrote, with a model that follows simple rules. Run as a program:

    python responses_server.py PORT

It needs what server_requirements.txt lists, and nothing of this project. Responses are kept in memory.

The model is named by the last part of its URI. ``echo`` says word by word what it was told last, ``history`` all that
was said so far, ``caller`` calls each of its functions twice and says what they gave, ``cut`` stops too early,
``failing`` fails, and ``endless`` says one word and goes on until it is cancelled.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

from azure.ai.agentserver.responses import InMemoryResponseProvider, ResponseEventStream, ResponsesAgentServerHost

app = ResponsesAgentServerHost(prefix="/v1", store=InMemoryResponseProvider())


@app.response_handler
async def answer(request: Any, context: Any, cancelled: asyncio.Event) -> AsyncIterator[Any]:
    """Answer one request."""
    stream = ResponseEventStream(response_id=context.response_id, request=request)
    yield stream.emit_created()
    yield stream.emit_in_progress()
    model = request["model"].removesuffix("/latest").rpartition("/")[2]
    items = await context.get_input_items()
    if model == "caller" and not any(item["type"] == "function_call_output" for item in items):
        for event in calls(stream, request["tools"]):
            yield event
        yield stream.emit_completed(usage=usage(1))
    elif model == "failing":
        yield stream.emit_failed(code="server_error", message="no luck")
    elif model == "endless":
        for event in said(stream, "wait"):
            yield event
        await cancelled.wait()
    else:
        for event in said(stream, text_for(model, items, await context.get_history())):
            yield event
        is_cut = model == "cut"
        yield stream.emit_incomplete(reason="max_output_tokens") if is_cut else stream.emit_completed(usage=usage(2))


def calls(stream: Any, tools: list[Any]) -> Iterator[Any]:
    """Call each function twice."""
    for number, tool in enumerate([*tools, *tools]):
        yield from stream.output_item_function_call(tool["name"], f"call-{number}", json.dumps({"n": number}))


def said(stream: Any, text: str) -> Iterator[Any]:
    """Say a text word by word."""
    message = stream.add_output_item_message()
    yield message.emit_added()
    part = message.add_text_content()
    yield part.emit_added()
    for number, word in enumerate(text.split(" ")):
        yield part.emit_delta(word if number == 0 else f" {word}")
    yield part.emit_text_done()
    yield part.emit_done()
    yield message.emit_done()


def text_for(model: str, items: list[Any], history: list[Any]) -> str:
    """What a model says."""
    if model == "history":
        return " ".join(map(text_of, [*history, *items]))
    if model == "caller":
        return " ".join(item["output"] for item in items if item["type"] == "function_call_output")
    return text_of(items[-1])


def text_of(item: Any) -> str:
    """What a message says."""
    content = item["content"]
    return content if isinstance(content, str) else "".join(part["text"] for part in content)


def usage(tokens: int) -> dict[str, Any]:
    """So many tokens in, and as many out."""
    return {
        "input_tokens": tokens,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 2 * tokens,
    }


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
