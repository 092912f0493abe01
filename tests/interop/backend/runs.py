"""One run, as a function of time: all that can be asked about it follows from its request and the submits so far."""

from __future__ import annotations

from typing import Any

import grpc
from yandex.cloud.ai.assistants.v1.common_pb2 import ToolResultList
from yandex.cloud.ai.assistants.v1.runs.run_pb2 import Run, RunState
from yandex.cloud.ai.assistants.v1.runs.run_service_pb2 import StreamEvent

from tests.interop.backend.objects import RefusedError, invalid, stamp
from tests.interop.backend.scripts import Step, steps

_STATUS = {
    StreamEvent.DONE: RunState.COMPLETED,
    StreamEvent.ERROR: RunState.FAILED,
    StreamEvent.TOOL_CALLS: RunState.TOOL_CALLS,
}


class Course:
    """The course of a run. Times are in nanoseconds since 1970."""

    def __init__(self, run: Run, assistant: Any, text: str, is_streaming: bool, at: int) -> None:
        self.run = run
        self._script = assistant.model_uri.split("/")[-2]
        self._text = text
        self._is_streaming = is_streaming
        self._rounds: list[ToolResultList] = []
        self._timed: list[tuple[int, StreamEvent]] = []
        self._plan(at)

    def _plan(self, at: int) -> None:
        for step in steps(self._script, self._text, self._rounds):
            at += int(step.pause * 10**9)
            if self._is_streaming or step.event.event_type != StreamEvent.PARTIAL_MESSAGE:
                self._timed.append((at, self._placed(step, at)))

    def _placed(self, step: Step, at: int) -> StreamEvent:
        event = step.event
        event.stream_cursor.current_event_idx = len(self._timed)
        event.stream_cursor.num_user_events_received = len(self._rounds)
        if event.HasField("completed_message"):
            message = event.completed_message
            message.id, message.thread_id = f"answer-{self.run.id}", self.run.thread_id
            message.author.id, message.author.role = self.run.assistant_id, "ASSISTANT"
            message.created_by = self.run.created_by
            message.created_at.CopyFrom(stamp(at))
        return event

    def events(self, at: int) -> list[StreamEvent]:
        """The events so far."""
        return [event for moment, event in self._timed if moment <= at]

    def next_at(self, at: int) -> int | None:
        """When the next event comes; None where none does before a submit, or at all."""
        return next((moment for moment, _ in self._timed if moment > at), None)

    def is_over(self, at: int) -> bool:
        """Whether nothing more will come."""
        found = self.events(at)
        return bool(found) and found[-1].event_type in (StreamEvent.DONE, StreamEvent.ERROR)

    def look(self, at: int) -> Run:
        """The run as it stands."""
        result = Run()
        result.CopyFrom(self.run)
        found = self.events(at)
        last = found[-1] if found else StreamEvent()
        if self.next_at(at) is not None or last.event_type not in _STATUS:
            result.state.status = RunState.IN_PROGRESS
            return result
        result.state.status = _STATUS[last.event_type]
        for name in ("error", "completed_message", "tool_call_list"):
            if last.HasField(name):
                getattr(result.state, name).CopyFrom(getattr(last, name))
        if not last.HasField("error"):
            result.usage.prompt_tokens = len(self._text.split()) * (len(self._rounds) + 1)
            result.usage.completion_tokens = len(self._timed)
            result.usage.total_tokens = result.usage.prompt_tokens + result.usage.completion_tokens
        return result

    def submit(self, results: ToolResultList, at: int) -> None:
        """Answer the calls that the run waits for."""
        state = self.look(at).state
        if state.status != RunState.TOOL_CALLS:
            raise RefusedError(grpc.StatusCode.FAILED_PRECONDITION, f"run {self.run.id} waits for no results")
        asked = sorted(call.function_call.name for call in state.tool_call_list.tool_calls)
        given = sorted(result.function_result.name for result in results.tool_results)
        if asked != given:
            raise invalid(f"the run waits for results of {asked}, not of {given}")
        self._rounds.append(results)
        self._plan(at)
