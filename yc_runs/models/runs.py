"""A run as the gateway shows it (proto ``runs.Run``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from yc_runs.models._base import Int64, Labels, Later, Model, Str, Timestamp
from yc_runs.models.enums import RunStatus
from yc_runs.models.messages import Message

if TYPE_CHECKING:
    from yc_runs.models.calls import ToolCallList
    from yc_runs.models.options import CompletionOptions, PromptTruncationOptions, ResponseFormat
    from yc_runs.models.tools import Tool

    _PromptTruncation = PromptTruncationOptions | None
    _Completion = CompletionOptions | None
    _Format = ResponseFormat | None
    _Tools = tuple[Tool, ...]
    _Calls = ToolCallList | None
else:
    _PromptTruncation = Annotated[Any, Later("options", "PromptTruncationOptions")]
    _Completion = Annotated[Any, Later("options", "CompletionOptions")]
    _Format = Annotated[Any, Later("options", "ResponseFormat")]
    _Tools = Annotated[tuple, Later("tools", "Tool", many=True)]
    _Calls = Annotated[Any, Later("calls", "ToolCallList")]


class Error(Model):
    """Why a run failed. The service may leave ``code`` out, which reads as 0."""

    code: Int64 = 0
    message: Str = ""


class Usage(Model):
    """Tokens used so far. Present already while a run waits for tool results."""

    prompt_tokens: Int64 = 0
    completion_tokens: Int64 = 0
    total_tokens: Int64 = 0

    @property
    def input_text_tokens(self) -> int:
        """The prompt's tokens, under the name the official SDK gave them."""
        return self.prompt_tokens


class RunState(Model):
    """Where a run stands, with at most one of an error, a message or calls."""

    status: RunStatus = RunStatus.RUN_STATUS_UNSPECIFIED
    error: Error | None = None
    completed_message: Message | None = None
    tool_call_list: _Calls = None


class RunData(Model):
    """Everything one answer says of a run."""

    id: Str = ""
    assistant_id: Str = ""
    thread_id: Str = ""
    created_by: Str = ""
    created_at: Timestamp | None = None
    labels: Labels = None
    state: RunState | None = None
    usage: Usage | None = None
    custom_prompt_truncation_options: _PromptTruncation = None
    custom_completion_options: _Completion = None
    tools: _Tools = ()
    custom_response_format: _Format = None

    @property
    def status(self) -> RunStatus:
        """The run's status; unspecified where the gateway gives no state."""
        return self.state.status if self.state else RunStatus.RUN_STATUS_UNSPECIFIED
