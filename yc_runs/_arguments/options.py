"""What a caller may pass as options of a run or an assistant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yc_runs._arguments.checks import number, whole
from yc_runs.models import (
    AutoPromptTruncationStrategy,
    CompletionOptions,
    JsonSchema,
    LastMessagesPromptTruncationStrategy,
    PromptTruncationOptions,
    PromptTruncationStrategy,
    ResponseFormat,
    ResponseFormatValue,
)
from yc_runs.tools.schema import schema_of

StrategyLike = str | PromptTruncationStrategy
ResponseFormatLike = ResponseFormatValue | type[Any]
"""``"json"``, ``{"json_schema": {…}}``, a pydantic model class, a dataclass or a TypedDict."""

_SCHEMA_KEYS = ("json_schema", "jsonschema", "schema")


def custom_completion_options(temperature: float | None, max_tokens: int | None) -> CompletionOptions | None:
    """The options given for one run, None where none was. ``temperature=0`` counts as given."""
    fields: dict[str, Any] = {}
    if temperature is not None:
        fields["temperature"] = number("custom_temperature", temperature)
    if max_tokens is not None:
        fields["max_tokens"] = whole("custom_max_tokens", max_tokens)
    return CompletionOptions(**fields) if fields else None


def custom_truncation_options(
    max_prompt_tokens: int | None, strategy: StrategyLike | None
) -> PromptTruncationOptions | None:
    """The options given for one run, None where none was. ``"auto"`` is a strategy too."""
    fields: dict[str, Any] = {}
    if max_prompt_tokens is not None:
        fields["max_prompt_tokens"] = whole("custom_max_prompt_tokens", max_prompt_tokens)
    if strategy is not None:
        fields["strategy"] = truncation_strategy(strategy)
    return PromptTruncationOptions(**fields) if fields else None


def truncation_strategy(strategy: StrategyLike) -> PromptTruncationStrategy:
    """The strategy that ``"auto"`` or a model stands for. Raises ``TypeError`` for anything else."""
    if strategy == "auto":
        return AutoPromptTruncationStrategy()
    if isinstance(strategy, (AutoPromptTruncationStrategy, LastMessagesPromptTruncationStrategy)):
        return strategy
    raise TypeError(
        "prompt truncation strategy: expected 'auto', AutoPromptTruncationStrategy() or "
        f"LastMessagesPromptTruncationStrategy(num_messages=…), got {strategy!r:.100}"
    )


def response_format(value: ResponseFormatLike | None) -> ResponseFormat | None:
    """The format that ``"json"``, ``{"json_schema": {…}}`` or a type with named fields asks for.

    Raises ``TypeError`` for anything else, and for a type of which no schema can be made.
    """
    if value is None:
        return None
    if value == "json":
        return ResponseFormat(json_object=True)
    if isinstance(value, type):
        return ResponseFormat(json_schema=JsonSchema(schema=schema_of("response format", value)))
    schema = _given_schema(value) if isinstance(value, Mapping) else None
    if not isinstance(schema, Mapping) or not schema:
        raise TypeError(f"response format: expected 'json', {{'json_schema': {{…}}}} or a type, got {value!r:.100}")
    return ResponseFormat(json_schema=JsonSchema(schema=dict(schema)))


def _given_schema(value: Mapping[str, Any]) -> object:
    """The official SDK takes two more spellings of the key, and keys that this wire has no place for."""
    return next((value[key] for key in _SCHEMA_KEYS if value.get(key)), None)
