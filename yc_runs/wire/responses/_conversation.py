"""The items of a conversation: a page of them, and what they tell of a response whose id was lost. Pure.

A conversation takes down what a response was sent and what it answered, at the latest when the response has ended. So
outputs of calls that stand in it were sent by a submit that was carried out, and what follows them is its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeVar

from yc_runs.wire._request import Call, Request, segment, target
from yc_runs.wire.responses._objects import FunctionCallItem, ResponseObject

T = TypeVar("T")

CONVERSATIONS = "/v1/conversations"
ITEMS = f"{CONVERSATIONS}/{{conversation_id}}/items"
_PAGE_SIZE = 100


def items_path(conversation: str) -> str:
    """Where the items of a conversation are."""
    return f"{CONVERSATIONS}/{segment('thread', conversation)}/items"


def get_items(conversation: str, subject: str, decode: Callable[[bytes], T], after: str = "") -> Call[T]:
    """GET a page of items, the newest first: those ``after`` the item with this id, or the first page."""
    query: dict[str, str | int | None] = {"order": "desc", "limit": _PAGE_SIZE, "after": after}
    return Call(Request("GET", target(items_path(conversation), query), ITEMS, subject), decode)


def answer_to(calls: Sequence[FunctionCallItem], items: Sequence[dict[str, Any]]) -> ResponseObject | None:
    """The response to the outputs of these calls, without an id, by the items of its conversation, the newest first.

    None where they show none.
    """
    newer = list(reversed(items[: _place_of(calls, items)]))
    outputs = [place for place, item in enumerate(newer) if item.get("type") == "function_call_output"][: len(calls)]
    if sorted(str(newer[place].get("call_id")) for place in outputs) != sorted(map(call_id_of, calls)):
        return None
    return _response(list(takewhile(_is_of_the_model, newer[outputs[-1] + 1 :])))


@dataclass
class Unseen:
    """A response without an id: the calls that it answers, and what it was when the conversation last showed it."""

    calls: Sequence[FunctionCallItem]
    response: ResponseObject

    def read(self, items: Sequence[dict[str, Any]]) -> ResponseObject:
        """What it is by these items; they may have gone on for so long that they do not show it any more."""
        self.response = answer_to(self.calls, items) or self.response
        return self.response


def call_id_of(call: FunctionCallItem) -> str:
    """What an output names its call by."""
    return call.call_id or call.name


def _place_of(calls: Sequence[FunctionCallItem], items: Sequence[dict[str, Any]]) -> int:
    """Where the newest of these calls stands. A ``call_id`` may repeat, so the item's own id comes first."""
    names = {"id": {call.id for call in calls if call.id}, "call_id": {call.call_id for call in calls if call.call_id}}
    asked = [(place, item) for place, item in enumerate(items) if item.get("type") == "function_call"]
    return next((place for name, known in names.items() for place, item in asked if item.get(name) in known), 0)


def _is_of_the_model(item: dict[str, Any]) -> bool:
    if item.get("type", "message") == "message":
        return item.get("role") == "assistant"
    return item.get("type") != "function_call_output"


def _response(output: Sequence[dict[str, Any]]) -> ResponseObject:
    """What was answered with these items. As long as there is neither a text nor a call, it may still be at work."""
    is_over = any(item.get("type", "message") in ("message", "function_call") for item in output)
    is_cut = any(item.get("status") == "incomplete" for item in output)
    status = "incomplete" if is_cut else "completed" if is_over else "in_progress"
    return ResponseObject(id="", status=status, output=tuple({"type": "message", **item} for item in output))
