"""What a response says: its output items, and the events that tell of them piece by piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yc_runs.testing._responses.items import Item, ItemIds, call_item, file_citations, message_item
from yc_runs.testing.script import Fail, Final, FunctionCall, Partial, ToolCalls

_INCOMPLETE = ("TRUNCATED", "FILTERED_CONTENT")


@dataclass(frozen=True)
class Event:
    """One event, numbered by its place. Those with a ``status`` hold the whole response, which then had this status."""

    type: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    status: str | None = None


class Log:
    """The events of one response, kept for good, and its output, which is complete once it has ended."""

    def __init__(self, ids: ItemIds, *, is_background: bool, calls_by_name: bool = False) -> None:
        self.events: list[Event] = []
        self.output: list[Item] = []
        self._ids = ids
        # Some services give the function's name for the id of its call.
        self._calls_by_name = calls_by_name
        self._text: _Text | None = None
        self._has_started = False
        self._tell("response.created", status="queued" if is_background else "in_progress")
        if is_background:
            self._tell("response.queued", status="queued")
        else:
            self.start()

    def start(self) -> None:
        """Tell that the model is at work, unless that was told before."""
        if not self._has_started:
            self._has_started = True
            self._tell("response.in_progress", status="in_progress")

    def add(self, outcome: Partial | ToolCalls | Final | Fail) -> None:
        """Tell of the next step. Any but a Partial ends the response."""
        if isinstance(outcome, Partial):
            self._grow(outcome.text)
        elif isinstance(outcome, Final):
            self._finish(outcome)
        elif isinstance(outcome, ToolCalls):
            self._call(outcome)
        else:
            self._tell("response.failed", status="failed")

    def _grow(self, text: str) -> None:
        message = self._opened()
        # A text that was written anew cannot be told by deltas: that is left to the end.
        if text.startswith(message.told) and text != message.told:
            self._tell_of_text("response.output_text.delta", delta=text[len(message.told) :], logprobs=[])
            message.told = text
        message.whole = text

    def _finish(self, final: Final) -> None:
        self._opened().whole = final.text
        status = "incomplete" if final.status in _INCOMPLETE else "completed"
        self._close(status, file_citations(final.citations, len(final.text)))
        self._tell(f"response.{status}", status=status)

    def _call(self, calls: ToolCalls) -> None:
        if self._text is not None:
            self._close("completed", [])
        for call in calls.calls:
            self._tell_of_call(call)
        self._tell("response.completed", status="completed")

    def _opened(self) -> _Text:
        if self._text is None:
            self._text = _Text(self._ids.new("message"))
            empty = message_item(self._text.id, "", "in_progress")
            (part,) = empty["content"]
            self._tell("response.output_item.added", output_index=0, item={**empty, "content": []})
            self._tell_of_text("response.content_part.added", part=part)
        return self._text

    def _close(self, status: str, notes: list[Item]) -> None:
        message = self._opened()
        item = message_item(message.id, message.whole, status, notes)
        for index, note in enumerate(notes):
            kind = "response.output_text.annotation.added"
            self._tell_of_text(kind, annotation_index=index, annotation=note)
        self._tell_of_text("response.output_text.done", text=message.whole, logprobs=[])
        self._tell_of_text("response.content_part.done", part=item["content"][0])
        self._tell("response.output_item.done", output_index=0, item=item)
        self.output.append(item)

    def _tell_of_text(self, kind: str, **fields: Any) -> None:
        self._tell(kind, item_id=self._opened().id, output_index=0, content_index=0, **fields)

    def _tell_of_call(self, call: FunctionCall) -> None:
        index = len(self.output)
        call_id = call.name if self._calls_by_name else self._ids.new("call")
        item = call_item(self._ids.new("function_call"), call_id, call)
        place = {"item_id": item["id"], "output_index": index}
        arguments = item["arguments"]
        started = {**item, "status": "in_progress", "arguments": ""}
        self._tell("response.output_item.added", output_index=index, item=started)
        self._tell("response.function_call_arguments.delta", **place, delta=arguments)
        self._tell("response.function_call_arguments.done", **place, name=call.name, arguments=arguments)
        self._tell("response.output_item.done", output_index=index, item=item)
        self.output.append(item)

    def _tell(self, kind: str, *, status: str | None = None, **fields: Any) -> None:
        self.events.append(Event(kind, fields, status))


@dataclass
class _Text:
    """The message that is being written: all of it, and as much as deltas have told."""

    id: str
    whole: str = ""
    told: str = ""
