"""The fields of a run, for the async and the sync client alike. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from yc_runs.models import PromptTruncationOptions, ResponseFormatValue, RunData, ToolDefinition

_IN_RESULT = (
    *("text", "message", "parts", "tool_calls", "usage", "error", "error_code", "citations", "parse"),
    *("is_running", "is_succeeded", "is_failed", "is_finished", "is_truncated", "is_filtered"),
)
_RESULT = "wait() gives it when the run has ended, get_result() as it is now"
_HINTS = {
    "status": "get_status() asks for it",
    "result": f"a run is no result: {_RESULT}",
    "events": "listen() gives the events",
    "stream": "listen() gives the events, text_stream() the text",
    **dict.fromkeys(_IN_RESULT, f"it is in the result: {_RESULT}"),
}


class RunFields:
    """What a run is: values that do not change while it runs, under the official SDK's names."""

    _kind: ClassVar[str] = "run"

    def __init__(self, data: RunData) -> None:
        self._data = data

    @property
    def data(self) -> RunData:
        """The whole answer that this object was made from."""
        return self._data

    @property
    def id(self) -> str:
        """The run's id."""
        return self._data.id

    @property
    def assistant_id(self) -> str:
        """The assistant that runs."""
        return self._data.assistant_id

    @property
    def thread_id(self) -> str:
        """The thread it runs on."""
        return self._data.thread_id

    @property
    def created_by(self) -> str:
        """The account that created the run."""
        return self._data.created_by

    @property
    def created_at(self) -> datetime | None:
        """When the run was created; aware."""
        return self._data.created_at

    @property
    def labels(self) -> dict[str, str] | None:
        """The run's labels, None where there are none."""
        return self._data.labels

    @property
    def tools(self) -> tuple[ToolDefinition, ...]:
        """The tools set for this run; empty where it has the assistant's."""
        return tuple(tool.definition for tool in self._data.tools)

    @property
    def custom_temperature(self) -> float | None:
        """The temperature set for this run, None for the assistant's."""
        options = self._data.custom_completion_options
        return options.temperature if options else None

    @property
    def custom_max_tokens(self) -> int | None:
        """The limit of the answer in tokens set for this run, None for the assistant's."""
        options = self._data.custom_completion_options
        return options.max_tokens if options else None

    @property
    def custom_prompt_truncation_options(self) -> PromptTruncationOptions | None:
        """How this run cuts the thread, None for the assistant's way."""
        return self._data.custom_prompt_truncation_options

    @property
    def custom_max_prompt_tokens(self) -> int | None:
        """The limit of the prompt in tokens set for this run, None for the assistant's."""
        options = self._data.custom_prompt_truncation_options
        return options.max_prompt_tokens if options else None

    @property
    def custom_response_format(self) -> ResponseFormatValue | None:
        """``"json"``, ``{"json_schema": {…}}``, or None for the assistant's format."""
        form = self._data.custom_response_format
        return form.value if form else None

    if not TYPE_CHECKING:  # a type checker would take it to mean that any attribute is there

        def __getattr__(self, name: str) -> object:
            hint = f"; {_HINTS[name]}" if name in _HINTS else ""
            message = f"{type(self).__name__!r} object has no attribute {name!r}{hint}"
            raise AttributeError(message, name=name, obj=self)

    def _values(self) -> tuple[object, ...]:
        data = self._data
        return (
            *(data.id, data.assistant_id, data.thread_id, data.created_by, data.created_at, data.labels, data.tools),
            *(self.custom_temperature, self.custom_max_tokens, self.custom_prompt_truncation_options),
            self.custom_response_format,
        )

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if isinstance(other, RunFields) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name}(id={self.id!r}, assistant_id={self.assistant_id!r}, thread_id={self.thread_id!r})"
