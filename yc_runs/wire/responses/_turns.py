"""The turns of a run after its first: the results that a response waits for, and the other ways to send a request."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from yc_runs.errors import APIError, BadRequestError
from yc_runs.models import FunctionResult, ToolResultList
from yc_runs.wire.responses._conversation import call_id_of
from yc_runs.wire.responses._objects import FunctionCallItem

Body = Mapping[str, Any]
Way = Callable[[APIError, Body], Body | None]
"""The body to send in place of one that was refused; None where that would not help."""

_MISMATCH = re.compile(r"output|function.?call|tool.?call|call_id", re.IGNORECASE)


def output_items(run_id: str, calls: Sequence[FunctionCallItem], results: ToolResultList) -> list[dict[str, Any]]:
    """One output for each call, in the order of the calls.

    Raises ``ValueError`` where the results are not theirs; ``BadRequestError``, as a gateway would that could tell,
    where there are no calls.
    """
    if not calls:
        told = "the run waits for no tool results"
        raise BadRequestError(
            f"submit tool results to run {run_id!r}: {told}. Nothing was sent.", status=400, message=told
        )
    given = [result.function_result or FunctionResult() for result in results.tool_results]
    wanted, names = [call.name for call in calls], [result.name for result in given]
    if sorted(wanted) != sorted(names):
        raise ValueError(f"run {run_id!r} waits for results of {', '.join(wanted)}; got {', '.join(names)}")
    return [
        {"type": "function_call_output", "call_id": call_id_of(call), "output": text}
        for call, text in zip(calls, _in_order(wanted, given), strict=True)
    ]


def _in_order(names: Sequence[str], results: list[FunctionResult]) -> Iterator[str]:
    for name in names:
        place = next(index for index, result in enumerate(results) if result.name == name)
        yield results.pop(place).content or ""


def in_pairs(calls: Sequence[FunctionCallItem]) -> Way:
    """Send each call before its output, where the gateway says that outputs do not match calls."""

    def change(error: APIError, body: Body) -> Body | None:
        if not _MISMATCH.search(error.message):
            return None
        return {
            **body,
            "input": [item for pair in zip(map(_call_item, calls), body["input"], strict=True) for item in pair],
        }

    return change


def _call_item(call: FunctionCallItem) -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id_of(call), "name": call.name, "arguments": call.arguments}


def blanks_as_json(error: APIError, body: Body) -> Body | None:
    """Write blank outputs as JSON, ``""``, where the gateway may have refused them for being blank."""
    items = [_without_blank(item) for item in body["input"]]
    return None if items == body["input"] else {**body, "input": items}


def _without_blank(item: dict[str, Any]) -> dict[str, Any]:
    output = item.get("output")
    return item if output is None or output.strip() else {**item, "output": json.dumps(output)}


def in_foreground(error: APIError, body: Body) -> Body | None:
    """Give up the background, where the gateway does not stream what is there."""
    is_both = body.get("background") and body.get("stream")
    return {**body, "background": None} if is_both and "background" in error.message.lower() else None


def from_the_start(messages: Callable[[], Sequence[dict[str, Any]]]) -> Way:
    """Send the whole conversation, where the gateway has forgotten the response to go on from."""

    def change(error: APIError, body: Body) -> Body | None:
        is_gone = "previous_response" in f"{error.code} {error.message}".lower() or error.status == 404
        if not body.get("previous_response_id") or not is_gone:
            return None
        return {**body, "previous_response_id": None, "input": list(messages())}

    return change
