"""Responses of the second dialect, written by hand: objects, and the events of their streams."""

from __future__ import annotations

import json
from typing import Any

CREATED_AT = 1770091506


def response_json(
    status: str = "queued", *output: dict[str, Any], response_id: str = "resp-1", **members: Any
) -> dict[str, Any]:
    """A response as the gateway shows it."""
    return {
        "id": response_id,
        "object": "response",
        "created_at": CREATED_AT,
        "status": status,
        "output": list(output),
        "valid": True,
        **members,
    }


def message_item(*texts: str, **members: Any) -> dict[str, Any]:
    """A message with these parts."""
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"id": "msg-1", "type": "message", "status": "completed", "role": "assistant", "content": content, **members}


def call_item(name: str, arguments: str = "{}", call_id: str | None = None) -> dict[str, Any]:
    """A call of a function."""
    return {"id": f"fc-{name}", "type": "function_call", "call_id": call_id or f"call-{name}", "name": name} | {
        "arguments": arguments,
        "status": "completed",
    }


def usage_json(total: int = 20) -> dict[str, Any]:
    """Tokens used."""
    return {"input_tokens": total - 8, "output_tokens": 8, "total_tokens": total}


def event(kind: str, number: int | None = None, **members: Any) -> dict[str, Any]:
    """An event of a stream."""
    return {"type": f"response.{kind}", **members} | ({} if number is None else {"sequence_number": number})


def delta(number: int, text: str, output_index: int = 0, content_index: int = 0) -> dict[str, Any]:
    """A piece of text."""
    place = {"output_index": output_index, "content_index": content_index}
    return event("output_text.delta", number, item_id="msg-1", delta=text, **place)


def story(*pieces: str, response_id: str = "resp-1") -> list[dict[str, Any]]:
    """The whole stream of a response whose text comes in these pieces."""
    first = [event(kind, None, response=response_json("in_progress", response_id=response_id)) for kind in _FIRST]
    last = response_json("completed", message_item("".join(pieces)), response_id=response_id, usage=usage_json())
    events = [*first, *(delta(0, piece) for piece in pieces), event("completed", response=last)]
    return [{**one, "sequence_number": number} for number, one in enumerate(events)]


def calling(*names: str, response_id: str = "resp-1") -> list[dict[str, Any]]:
    """The whole stream of a response that calls functions."""
    first = event("created", 0, response=response_json("in_progress", response_id=response_id))
    items = [call_item(name) for name in names]
    last = event("completed", 3, response=response_json("completed", *items, response_id=response_id))
    return [first, last]


def document(value: Any) -> bytes:
    """The bytes of one event."""
    return json.dumps(value, ensure_ascii=False).encode()


def sse(*events: Any) -> bytes:
    """The bytes of a stream; an event that is bytes is taken as it is."""
    return b"".join(
        one if isinstance(one, bytes) else b"event: %s\ndata: %s\n\n" % (_kind(one), document(one)) for one in events
    )


def _kind(value: dict[str, Any]) -> bytes:
    return str(value.get("type", "message")).encode()


_FIRST = ("created", "in_progress")
