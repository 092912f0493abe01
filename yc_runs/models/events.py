"""One event of a run's stream (proto ``runs.StreamEvent``)."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from yc_runs.models._base import Int64, Model
from yc_runs.models._outcome import Outcome
from yc_runs.models.calls import ToolCallList
from yc_runs.models.enums import RunStatus, StreamEvent
from yc_runs.models.messages import Message, MessageContent
from yc_runs.models.runs import Error, RunData


class PartialMessage(MessageContent):
    """The whole text so far of a message that is still being written."""


class StreamCursor(Model):
    """The event's place in the stream. Both count from 0, and proto3 leaves a 0 out of the JSON."""

    current_event_idx: Int64 = 0
    num_user_events_received: Int64 = 0


class RunStreamEvent(Outcome):
    """One event. A PARTIAL_MESSAGE carries the whole text so far, DONE the whole message again.

    What ``error`` is on the wire is ``fault`` here, since ``error`` is the official SDK's name for its text.
    """

    event_type: StreamEvent = StreamEvent.EVENT_TYPE_UNSPECIFIED
    stream_cursor: StreamCursor | None = None
    fault: Error | None = Field(default=None, alias="error")
    partial_message: PartialMessage | None = None
    completed_message: Message | None = None
    tool_call_list: ToolCallList | None = None

    @property
    def status(self) -> StreamEvent:
        """The event's kind."""
        return self.event_type

    @property
    def index(self) -> int:
        """The event's index in the run's stream, from 0."""
        return self.stream_cursor.current_event_idx if self.stream_cursor else 0

    @property
    def message(self) -> Message | PartialMessage | None:
        """The message, whole or so far. Raises ``ValueError`` for an ERROR event."""
        return self._readable_message()

    # Kept where pydantic keeps cached properties: they are no part of an event's value, nor of its equality.
    @cached_property
    def delta(self) -> str:
        """What is new in the text since the last event of the same listen; empty where nothing is.

        Printing every delta prints the message, unless ``is_rewrite`` says to begin afresh. In an event that no
        ``listen`` gave it is the whole text.
        """
        return "" if self.is_failed else self.text or ""

    @cached_property
    def is_rewrite(self) -> bool:
        """The model has changed what it had written: ``delta`` is the whole text, and stands for all before it."""
        return False

    def set_delta(self, delta: str, *, is_rewrite: bool) -> None:
        """Say what is new; ``listen`` does."""
        object.__setattr__(self, "delta", delta)
        object.__setattr__(self, "is_rewrite", is_rewrite)

    @property
    def is_last(self) -> bool:
        """Nothing follows: DONE or ERROR. TOOL_CALLS is not an end, the stream goes on after the results."""
        return self.event_type in (StreamEvent.DONE, StreamEvent.ERROR)

    def _fault(self) -> Error | None:
        return self.fault

    def _call_list(self) -> ToolCallList | None:
        return self.tool_call_list

    def _any_message(self) -> Message | PartialMessage | None:
        return self.completed_message or self.partial_message


def last_event(run: RunData, index: int) -> RunStreamEvent:
    """The event that would have ended the stream of a run that has ended, or waits for results."""
    state = run.state
    waits = run.status == RunStatus.TOOL_CALLS
    succeeded = StreamEvent.TOOL_CALLS if waits else StreamEvent.DONE
    return RunStreamEvent(
        event_type=StreamEvent.ERROR if run.status.is_failed else succeeded,
        stream_cursor=StreamCursor(current_event_idx=index),
        error=state.error if state else None,
        completed_message=state.completed_message if state else None,
        tool_call_list=state.tool_call_list if state else None,
    )
