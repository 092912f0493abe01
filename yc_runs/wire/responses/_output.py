"""What a response says -> the state of a run: its status, its message, its calls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any

from yc_runs.models import (
    Author,
    ContentPart,
    Message,
    MessageContent,
    MessageStatus,
    RunState,
    RunStatus,
    Text,
    ToolCallList,
    Usage,
)
from yc_runs.models.runs import Error
from yc_runs.wire.responses._citations import citations
from yc_runs.wire.responses._objects import ContentItem, FunctionCallItem, MessageItem, ResponseObject

_STATUS = {
    "queued": RunStatus.PENDING,
    "in_progress": RunStatus.IN_PROGRESS,
    "completed": RunStatus.COMPLETED,
    "incomplete": RunStatus.COMPLETED,
    "failed": RunStatus.FAILED,
    "cancelled": RunStatus.CANCELLED,
}
_CUT = {"max_output_tokens": MessageStatus.TRUNCATED, "content_filter": MessageStatus.FILTERED_CONTENT}
_TEXTS = frozenset({"output_text", "input_text", "text"})


def state_of(response: ResponseObject, *, thread_id: str, assistant_id: str) -> RunState:
    """Where a run stands whose last response is this one."""
    calls = call_items(response)
    status = _STATUS.get(response.status) or RunStatus.read(response.status)
    if calls and response.status == "incomplete":
        # Half a call is no call, and the rest of the answer is of no use without it.
        return RunState(status=RunStatus.FAILED, error=_error(f"a function call was cut off: {response.reason}"))
    if calls and status == RunStatus.COMPLETED:
        return RunState(status=RunStatus.TOOL_CALLS, tool_call_list=call_list(calls))
    if status.is_failed:
        return RunState(status=status, error=_fault(response))
    if status == RunStatus.COMPLETED:
        return RunState(status=status, completed_message=_message(response, thread_id, assistant_id))
    return RunState(status=status)


def usage_of(response: ResponseObject) -> Usage | None:
    """The tokens of the response, None where it does not say."""
    used = response.usage
    if used is None:
        return None
    return Usage(prompt_tokens=used.input_tokens, completion_tokens=used.output_tokens, total_tokens=used.total_tokens)


def created_at(response: ResponseObject) -> datetime | None:
    """When the response was made; aware. Raises ``ValueError`` for what is no time."""
    try:
        return None if response.created_at is None else datetime.fromtimestamp(response.created_at, timezone.utc)
    except (OverflowError, OSError):
        raise ValueError("created_at: it is no time") from None


def call_items(response: ResponseObject) -> tuple[FunctionCallItem, ...]:
    """The function calls of a response, in order."""
    return tuple(
        FunctionCallItem.model_validate(item) for item in response.output if item.get("type") == "function_call"
    )


def call_list(calls: Iterable[FunctionCallItem]) -> ToolCallList:
    """The calls as a caller sees them."""
    return ToolCallList.model_validate({"tool_calls": [_call(call) for call in calls]})


def _call(call: FunctionCallItem) -> dict[str, Any]:
    function: dict[str, Any] = {"name": call.name}
    try:
        arguments = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        arguments = None
    function |= {"arguments": arguments} if isinstance(arguments, dict) else {"raw_arguments": call.arguments}
    return {"function_call": function, "call_id": call.call_id or None}


def content_items(response: ResponseObject) -> Iterator[tuple[int, int, ContentItem]]:
    """The parts of all messages of a response, in order, each with the indexes of its item and of itself."""
    for output_index, item in enumerate(response.output):
        if item.get("type") == "message":
            for content_index, content in enumerate(MessageItem.model_validate(item).content):
                yield output_index, content_index, content


def content_part(content: ContentItem) -> ContentPart:
    """A part of a message. A refusal is what the model says, so it is a text too."""
    if content.type == "refusal":
        return ContentPart.model_validate({"text": {"content": content.refusal}, "refusal": content.refusal})
    if content.type in _TEXTS:
        return ContentPart(text=Text(content=content.text))
    return ContentPart.model_validate(content.model_dump(by_alias=False, exclude_unset=True) | {"text": None})


def message_status(response: ResponseObject, contents: Iterable[ContentItem]) -> MessageStatus:
    """How the message came to its end. One that only refuses counts as stopped by a filter."""
    if response.status == "incomplete":
        return _CUT.get(response.reason, MessageStatus.TRUNCATED)
    kinds = {content.type for content in contents}
    return MessageStatus.FILTERED_CONTENT if kinds == {"refusal"} else MessageStatus.COMPLETED


def _message(response: ResponseObject, thread_id: str, assistant_id: str) -> Message:
    contents = [content for _, _, content in content_items(response)]
    ids = [str(item.get("id") or "") for item in response.output if item.get("type") == "message"]
    return Message(
        id=ids[0] if ids else "",
        thread_id=thread_id,
        created_at=created_at(response),
        author=Author(id=assistant_id, role="ASSISTANT"),
        content=MessageContent(content=tuple(map(content_part, contents))),
        status=message_status(response, contents),
        citations=citations(contents),
    )


def _fault(response: ResponseObject) -> Error:
    error = response.error
    if response.status == "cancelled" and not error:
        return _error("the run was cancelled")
    if not isinstance(error, dict):
        return _error(str(error or ""))
    code = error.get("code")
    return _error(str(error.get("message") or code or ""), code)


def _error(message: str, code: object = None) -> Error:
    """An error of a run. A code that is a text is kept beside: the first dialect's codes are numbers."""
    number = code if isinstance(code, int) and not isinstance(code, bool) else 0
    return Error.model_validate({"code": number, "message": message, "reason": str(code or "")})
