"""The stream of one response, document by document -> events of a run. Pure.

- An event's kind is the ``type`` in its JSON; kinds that are not known, and ``[DONE]``, mean nothing.
- Documents are numbered (``sequence_number``). One that was read before is passed over, so a stream may be taken up
  where it broke, or begun anew, or both at once where a gateway ignores from where it was asked to go on.
- One without a number that means nothing has no place. Others without one are counted, from the start of a stream.
- Deltas are added up: an event carries the whole text so far. What the end of a part, or of the response, says of the
  text holds, whatever the deltas came to. A response that says nothing of its output had the one that was told before.
- A stream that is taken up must go on with the very next number, or a delta may be missing: it is then begun anew.
- A response in place of a stream (a gateway that does not stream it) is an event if it has ended, and else none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from yc_runs.models import (
    Message,
    MessageContent,
    RunData,
    RunStreamEvent,
    StreamEvent,
)
from yc_runs.models.events import last_event
from yc_runs.wire._twice import parse
from yc_runs.wire.faults import Fault, LateFaultError, fault_of
from yc_runs.wire.responses._objects import ResponseObject
from yc_runs.wire.responses._reading import known, read

TURN_SIZE = 1_000_000
"""How many indexes a turn has. A response has an event for each token at most."""

_DELTAS = frozenset({"response.output_text.delta", "response.refusal.delta"})
_TEXTS = {"response.output_text.done": "text", "response.refusal.done": "refusal"}
_ITEM = "response.output_item.done"
_ENDS = frozenset({"response.completed", "response.failed", "response.incomplete", "response.cancelled"})
_MEANINGFUL = _DELTAS | _TEXTS.keys() | _ENDS | {_ITEM, "error"}


class TurnReader:
    """Reads the stream of the response that is a run's turn number ``turn``.

    ``take`` is told of the response at its end, and gives the run as it then is. ``seen`` is the number of the last
    document that was read, -1 before the first. ``is_whole``: the gateway has sent the response in place of a stream.
    """

    def __init__(self, turn: int, take: Callable[[ResponseObject], RunData]) -> None:
        self.seen: int = -1
        self.is_whole: bool = False
        self._base = turn * TURN_SIZE
        self._take = take
        self._texts: dict[tuple[int, int], str] = {}
        self._items: dict[int, dict[str, Any]] = {}
        self._must_follow = False

    def restart(self, *, goes_on: bool) -> None:
        """Another stream is opened: one that ``goes_on`` after the last document, or one from the start."""
        self._must_follow = goes_on
        if not goes_on:
            self.seen, self._texts, self._items = -1, {}, {}

    @read
    def read(self, document: bytes) -> RunStreamEvent | None:
        """The event that a document is, None where it is none.

        Raises ``LateFaultError`` for the gateway's word that the stream has failed, ``ValueError`` for no event.
        """
        if document.strip() == b"[DONE]":
            return None
        value = event_object(document)
        kind = value.get("type")
        if not isinstance(kind, str):
            return self._read_whole(value)
        if value.get("sequence_number") is None and kind not in _MEANINGFUL:
            return None
        number = self._number(value)
        if number <= self.seen:
            return None
        self.seen, self._must_follow = number, False
        return self._read_kind(kind, value)

    def _read_kind(self, kind: str, value: dict[str, Any]) -> RunStreamEvent | None:
        if kind in _DELTAS:
            key = _place(value)
            return self._told(key, self._texts.get(key, "") + _text(value, "delta"))
        if kind in _TEXTS:
            key, text = _place(value), _text(value, _TEXTS[kind])
            return None if self._texts.get(key, "") == text else self._told(key, text)
        if kind in _ENDS:
            response = ResponseObject.model_validate(value.get("response"))
            return self._end(response.model_copy(update={"status": kind.removeprefix("response.")}))
        if kind == _ITEM and isinstance(value.get("item"), dict):
            self._items[_place(value)[0]] = value["item"]
        return self._failed(value) if kind == "error" else None

    def _number(self, value: dict[str, Any]) -> int:
        number = value.get("sequence_number")
        if number is None and not self._must_follow:
            return self.seen + 1
        if not isinstance(number, int) or not 0 <= number < TURN_SIZE:
            raise ValueError("sequence_number: it is none")
        if self._must_follow and number > self.seen + 1:
            raise ValueError(f"the stream goes on with {number} where {self.seen + 1} was asked for")
        return number

    def _told(self, key: tuple[int, int], text: str) -> RunStreamEvent:
        self._texts[key] = text
        # Read from one plain value: to make the models one by one takes four times as long.
        return RunStreamEvent.model_validate(
            {
                "event_type": StreamEvent.PARTIAL_MESSAGE,
                "stream_cursor": {"current_event_idx": self._base + self.seen},
                "partial_message": {"content": self._parts()},
            }
        )

    def _end(self, response: ResponseObject) -> RunStreamEvent:
        if not response.output:
            # A gateway that told of the output piece by piece, and leaves it out at the end.
            response = response.model_copy(
                update={"output": tuple(self._items[place] for place in sorted(self._items))}
            )
        run = self._take(response)
        event = last_event(run, self._base + self.seen)
        message = event.completed_message
        if message is None or message.parts or not self._texts:
            return event
        content = MessageContent.model_validate({"content": self._parts()})
        whole: Message = message.model_copy(update={"content": content})
        return event.model_copy(update={"completed_message": whole})

    def _failed(self, value: dict[str, Any]) -> RunStreamEvent:
        inner = value.get("error")
        error = {**value, **inner} if isinstance(inner, dict) else value
        failed = ResponseObject(id="", status="failed", error=error)
        return last_event(self._take(failed), self._base + self.seen)

    def _read_whole(self, value: dict[str, Any]) -> RunStreamEvent | None:
        if value.get("object") != "response" and "output" not in value:
            raise _lost(value)
        self.is_whole = True
        response = ResponseObject.model_validate(value)
        if response.status in ("queued", "in_progress"):
            return None
        self.seen += 1
        return self._end(response)

    def _parts(self) -> list[dict[str, dict[str, str]]]:
        return [{"text": {"content": self._texts[key]}} for key in sorted(self._texts)]


@read
def response_in(document: bytes) -> ResponseObject | None:
    """The response that the first documents of a stream tell of; None for a document without one.

    Raises ``LateFaultError`` for the gateway's word that there will be none, ``ValueError`` for no event.
    """
    value = event_object(document)
    found = value.get("response")
    if isinstance(found, dict):
        return known(ResponseObject.model_validate(found))
    if value.get("object") == "response":
        return known(ResponseObject.model_validate(value))
    if not isinstance(value.get("type"), str) or value["type"] == "error":
        if fault_of(value) is None:
            raise ValueError("a stream event without a type")
        raise _lost(value)
    return None


def _lost(value: dict[str, Any]) -> LateFaultError:
    """The gateway's word that the stream has failed. Where it names no status, another stream may do better."""
    fault = fault_of(value) or Fault("a stream event without a type")
    return LateFaultError(replace(fault, named_status=fault.named_status or 503))


def event_object(document: bytes) -> dict[str, Any]:
    """The JSON object that a document is. Raises ``ValueError``."""
    value = parse(document)
    if not isinstance(value, dict):
        raise ValueError("an event is a JSON object")
    return value


def _place(value: dict[str, Any]) -> tuple[int, int]:
    output_index, content_index = value.get("output_index") or 0, value.get("content_index") or 0
    if not (isinstance(output_index, int) and isinstance(content_index, int)):
        raise ValueError("output_index, content_index: they are numbers")
    return output_index, content_index


def _text(value: dict[str, Any], name: str) -> str:
    text = value.get(name)
    if text is not None and not isinstance(text, str):
        raise ValueError(f"{name}: it is no text")
    return text or ""
