"""Writes the objects of this dialect and its events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from yc_runs.testing._responses.errors import ParameterError
from yc_runs.testing._responses.items import Item, of_type, text_of
from yc_runs.testing._responses.quirks import Quirk
from yc_runs.testing._responses.stored import Conversation, StoredResponse
from yc_runs.testing.script import Fail, Final

_CODES = {0: None, 3: "invalid_prompt", 8: "rate_limit_exceeded"}
_REASONS = {"TRUNCATED": "max_output_tokens", "FILTERED_CONTENT": "content_filter"}
_ENDED = ("completed", "incomplete", "failed")


def response_object(response: StoredResponse, status: str, quirks: Collection[Quirk]) -> dict[str, Any]:
    """Give a response as it is in this status: the one it has, or one that it had."""
    request, options = response.request, response.options
    has_ended = status in _ENDED
    outcome = response.session.outcome if has_ended else None
    output = response.log.output if has_ended else []
    return {
        "id": response.id,
        "object": "response",
        "created_at": _time(response.created_at, quirks),
        "status": status,
        "background": response.is_background,
        "error": _error(outcome) if isinstance(outcome, Fail) else None,
        "incomplete_details": _incomplete_details(outcome),
        "instructions": options.instructions,
        "model": options.model,
        "output": output,
        **({"output_text": _text(output)} if "output-text" in quirks else {}),
        "parallel_tool_calls": request.parallel_tool_calls is not False,
        "previous_response_id": request.previous_response_id,
        "conversation": {"id": request.conversation.id} if request.conversation else None,
        "prompt": {"id": request.prompt.id, "version": None, "variables": None} if request.prompt else None,
        "text": {"format": options.format},
        "tools": list(options.tools),
        "tool_choice": request.tool_choice or "auto",
        "temperature": options.temperature,
        "top_p": request.top_p,
        "max_output_tokens": options.max_output_tokens,
        "reasoning": request.reasoning,
        "usage": _usage(response, quirks) if has_ended else None,
        "store": request.store is not False,
        "metadata": {},
        "valid": True,
    }


def event_object(response: StoredResponse, number: int, quirks: Collection[Quirk]) -> dict[str, Any]:
    """Give one event of a response."""
    event = response.log.events[number]
    whole = {} if event.status is None else {"response": response_object(response, event.status, quirks)}
    return {"type": event.type, "sequence_number": number, **event.fields, **whole}


def conversation_object(conversation: Conversation, quirks: Collection[Quirk]) -> dict[str, Any]:
    """Give a conversation, without its items."""
    created_at = _time(conversation.created_at, quirks)
    return {
        "id": conversation.id,
        "object": "conversation",
        "created_at": created_at,
        "metadata": conversation.metadata,
    }


def list_object(items: Sequence[Item], *, has_more: bool = False) -> dict[str, Any]:
    """Give a page of items."""
    ids = [item["id"] for item in items] or [None]
    return {"object": "list", "data": list(items), "first_id": ids[0], "last_id": ids[-1], "has_more": has_more}


def page_of(items: Sequence[Item], limit: int, order: str, after: str | None) -> dict[str, Any]:
    """Give the page that begins after the item with the id ``after``. Raises ParameterError if there is none."""
    rows = list(items) if order == "asc" else list(reversed(items))
    if after is not None:
        places = [place for place, item in enumerate(rows) if item["id"] == after]
        if not places:
            raise ParameterError(f"No item with id '{after}' found.", "after")
        rows = rows[places[0] + 1 :]
    return list_object(rows[:limit], has_more=len(rows) > limit)


def _time(nanoseconds: int, quirks: Collection[Quirk]) -> int:
    return nanoseconds // (1_000_000 if "milliseconds" in quirks else 1_000_000_000)


def _incomplete_details(outcome: object) -> dict[str, str] | None:
    if isinstance(outcome, Final) and outcome.status in _REASONS:
        return {"reason": _REASONS[outcome.status]}
    return None


def _error(failure: Fail) -> dict[str, Any]:
    return {"code": _CODES.get(failure.code, "server_error"), "message": failure.message}


def _text(output: Sequence[Item]) -> str:
    return "".join(text_of(message) for message in of_type("message", output))


def _usage(response: StoredResponse, quirks: Collection[Quirk]) -> dict[str, Any] | None:
    used = response.session.usage
    if used is None or "null-usage" in quirks:
        return None
    numbers = (0, 0) if "zero-usage" in quirks else (used.prompt_tokens, used.completion_tokens)
    return {
        "input_tokens": numbers[0],
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": numbers[1],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": sum(numbers),
    }
