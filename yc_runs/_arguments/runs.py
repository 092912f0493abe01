"""What a caller may pass to make a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import TypedDict

from yc_runs._arguments.checks import HasId, check_labels, flag, id_of, several
from yc_runs._arguments.messages import MessageLike, message_data
from yc_runs._arguments.options import (
    ResponseFormatLike,
    StrategyLike,
    custom_completion_options,
    custom_truncation_options,
    response_format,
)
from yc_runs._arguments.tools import ToolLike, tool_list
from yc_runs._unset import Timeout
from yc_runs.models import RunSpec


class RunOptions(TypedDict, total=False):
    """The options of one run; they are those of ``client.runs.create``."""

    labels: Mapping[str, str] | None
    additional_messages: MessageLike | Iterable[MessageLike] | None
    custom_temperature: float | None
    custom_max_tokens: int | None
    custom_max_prompt_tokens: int | None
    custom_prompt_truncation_strategy: StrategyLike | None
    custom_response_format: ResponseFormatLike | None
    tools: ToolLike | Iterable[ToolLike] | None
    timeout: Timeout


def check_no_stream(options: Mapping[str, Any]) -> None:
    """Raise ``TypeError`` for the option ``stream``, which an assistant's methods have in their names."""
    if "stream" in options:
        raise TypeError("stream is no option here: run_stream(…) streams, run(…) does not")


def run_spec(
    assistant: str | HasId,
    thread: str | HasId,
    *,
    stream: bool,
    labels: Mapping[str, str] | None,
    additional_messages: MessageLike | Iterable[MessageLike] | None,
    custom_temperature: float | None,
    custom_max_tokens: int | None,
    custom_max_prompt_tokens: int | None,
    custom_prompt_truncation_strategy: StrategyLike | None,
    custom_response_format: ResponseFormatLike | None,
    tools: ToolLike | Iterable[ToolLike] | None,
) -> RunSpec:
    """The run to create; its arguments are those of ``client.runs.create``. Raises ``TypeError`` or ``ValueError``."""
    messages = several("additional_messages", additional_messages)
    fields: dict[str, Any] = {
        "stream": flag("stream", stream) or None,
        "labels": None if labels is None else check_labels(labels) or None,
        "additional_messages": tuple(map(message_data, messages)) or None,
        "custom_prompt_truncation_options": custom_truncation_options(
            custom_max_prompt_tokens, custom_prompt_truncation_strategy
        ),
        "custom_completion_options": custom_completion_options(custom_temperature, custom_max_tokens),
        "custom_response_format": response_format(custom_response_format),
        "tools": tool_list(tools) or None,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return RunSpec(assistant_id=id_of("assistant", assistant), thread_id=id_of("thread", thread), **given)
