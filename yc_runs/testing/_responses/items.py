"""The items of responses and conversations, as JSON, and what scripts see of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from yc_runs.testing._messages import CITATION
from yc_runs.testing._parse import parse
from yc_runs.testing._responses.requests import InputCall, InputItem, InputMessage
from yc_runs.testing.script import FunctionCall, Message

Item: TypeAlias = dict[str, Any]
"""One item as it is sent."""

_PREFIXES = {"message": "msg", "function_call": "fc", "function_call_output": "fco"}


class ItemIds:
    """Makes ids of items. They are counted, so that the same calls give the same ids."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, kind: str) -> str:
        """Make the id of an item of this type, or of a call."""
        self._count += 1
        return f"{_PREFIXES.get(kind, kind)}_{self._count:032x}"


def stored_item(item: InputItem, ids: ItemIds) -> Item:
    """Make the item that is kept of one that came in."""
    head = {"id": ids.new(item.type), "type": item.type, "status": "completed"}
    if isinstance(item, InputMessage):
        kind = "output_text" if item.role == "assistant" else "input_text"
        return {**head, "role": item.role, "content": [_part(kind, part.text) for part in item.content]}
    if isinstance(item, InputCall):
        return {**head, "call_id": item.call_id, "name": item.name, "arguments": item.arguments}
    return {**head, "call_id": item.call_id, "output": "\n".join(part.text for part in item.output)}


def message_item(key: str, text: str, status: str, annotations: Sequence[Any] = ()) -> Item:
    """Make the assistant's message."""
    part = {**_part("output_text", text), "annotations": list(annotations)}
    return {"id": key, "type": "message", "status": status, "role": "assistant", "content": [part]}


def call_item(key: str, call_id: str, call: FunctionCall) -> Item:
    """Make a function call."""
    arguments = json.dumps(dict(call.arguments), ensure_ascii=False)
    return {
        "id": key,
        "type": "function_call",
        "status": "completed",
        "call_id": call_id,
        "name": call.name,
        "arguments": arguments,
    }


def file_citations(citations: Iterable[Mapping[str, Any]], index: int) -> list[Item]:
    """Give the files among Citation messages, as cited at place ``index`` of the text."""
    sources = [source for citation in citations for source in parse(CITATION, citation).get("sources", [])]
    files = [source.get("chunk", {}).get("source_file", {}) for source in sources]
    return [
        {"type": "file_citation", "file_id": file.get("id", ""), "filename": file.get("name", ""), "index": index}
        for file in files
    ]


def of_type(kind: str, items: Iterable[Item]) -> list[Item]:
    """Give the items of one type."""
    return [item for item in items if item["type"] == kind]


def transcript(items: Iterable[Item]) -> list[Message]:
    """Give the messages among items as scripts see them."""
    return [Message(item["role"].upper(), text_of(item)) for item in of_type("message", items)]


def text_of(message: Item) -> str:
    """Join a message's parts with newlines."""
    return "\n".join(part["text"] for part in message["content"])


def _part(kind: str, text: str) -> Item:
    annotated: Item = {"annotations": []} if kind == "output_text" else {}
    return {"type": kind, "text": text, **annotated}
