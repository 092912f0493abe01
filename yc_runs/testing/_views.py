"""What a run looks like from outside, as messages of the assistants dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yc_runs.testing._prompt import Usage
from yc_runs.testing._schema import Record
from yc_runs.testing._session import RunEvent, RunSession
from yc_runs.testing._threads import text_content
from yc_runs.testing.script import Fail, Final, FunctionTool, Partial, RunContext, ToolCalls


@dataclass
class Polls:
    """How many looks at a run still show what was before: calls answered already, then a model at work."""

    stale: int = 0
    running: int = 0
    fresh: bool = True

    def count(self) -> None:
        """Use up one look."""
        if self.stale:
            self.stale -= 1
        elif self.running:
            self.running -= 1
            self.fresh = False


@dataclass
class StoredRun:
    """One run. ``message`` is the finished message, once there is one.

    ``answered`` are the calls answered last, and ``answered_usage`` the tokens used when they were.
    """

    record: Record
    folder_id: str
    session: RunSession
    polls: Polls
    message: Record | None = None
    answered: ToolCalls | None = None
    answered_usage: Usage | None = None


def run_record(run: StoredRun) -> Record:
    """Give the Run message as a look at it shows it now."""
    usage = run.answered_usage if run.polls.stale and run.answered else run.session.usage
    return {
        **run.record,
        "state": _state(run),
        "usage": usage.record() if usage and not (run.polls.running and run.polls.fresh) else None,
    }


def event_record(run: StoredRun, event: RunEvent) -> Record:
    """Give the StreamEvent message for an event of a run."""
    outcome = event.outcome
    record: Record = {"stream_cursor": {"current_event_idx": event.index, "num_user_events_received": event.submits}}
    if isinstance(outcome, Partial):
        return {**record, "event_type": "PARTIAL_MESSAGE", "partial_message": text_content(outcome.text)}
    if isinstance(outcome, ToolCalls):
        return {**record, "event_type": "TOOL_CALLS", "tool_call_list": _call_list(outcome)}
    if isinstance(outcome, Final):
        return {**record, "event_type": "DONE", "completed_message": run.message}
    return {**record, "event_type": "ERROR", "error": _error(outcome)}


def run_context(request: Record, assistant: Record) -> RunContext:
    """Tell a script what it may want to know: the run's own options, else the assistant's."""
    options = {**assistant.get("completion_options", {}), **request.get("custom_completion_options", {})}
    answer_format = request.get("custom_response_format") or assistant.get("response_format") or {}
    schema = answer_format.get("json_schema", {}).get("schema", {})
    is_json = bool(answer_format.get("json_object")) or "json_schema" in answer_format
    return RunContext(
        assistant_id=assistant["id"],
        thread_id=request["thread_id"],
        model_uri=assistant["model_uri"],
        instruction=assistant.get("instruction", ""),
        stream=request.get("stream", False),
        temperature=options.get("temperature"),
        max_tokens=options.get("max_tokens"),
        json_schema=schema if is_json else None,
        labels=request.get("labels", {}),
    )


def function_tools(tools: Sequence[Record]) -> list[FunctionTool]:
    """List the function tools among Tool messages."""
    functions = [tool["function"] for tool in tools if "function" in tool]
    return [
        FunctionTool(function.get("name", ""), function.get("description", ""), function.get("parameters", {}))
        for function in functions
    ]


def _state(run: StoredRun) -> Record:
    outcome = run.session.outcome
    if run.polls.stale and run.answered:
        return {"status": "TOOL_CALLS", "tool_call_list": _call_list(run.answered)}
    if run.polls.running:
        return {"status": "PENDING" if run.polls.fresh else "IN_PROGRESS"}
    state: Record = {"status": run.session.status}
    if run.session.is_running:
        return state
    if isinstance(outcome, ToolCalls):
        return {**state, "tool_call_list": _call_list(outcome)}
    if isinstance(outcome, Fail):
        return {**state, "error": _error(outcome)}
    return {**state, "completed_message": run.message}


def _call_list(calls: ToolCalls) -> Record:
    entries = [{"function_call": {"name": call.name, "arguments": dict(call.arguments)}} for call in calls.calls]
    return {"tool_calls": entries}


def _error(failure: Fail) -> Record:
    return {"code": failure.code, "message": failure.message}
