"""Options of a run or an assistant (proto ``PromptTruncationOptions``, ``CompletionOptions``, ``ResponseFormat``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from typing_extensions import TypedDict

from yc_runs.models._base import Int64, Model, Struct


class AutoPromptTruncationStrategy(Model):
    """The service chooses what to leave out of the prompt."""


class LastMessagesPromptTruncationStrategy(Model):
    """Only the last ``num_messages`` messages of the thread go into the prompt."""

    num_messages: Int64 = 0

    # In the official SDK it is a dataclass, which takes the number by its place too.
    _places: ClassVar[tuple[str, ...]] = ("num_messages",)

    if TYPE_CHECKING:

        def __init__(self, num_messages: int = 0) -> None: ...


PromptTruncationStrategy = AutoPromptTruncationStrategy | LastMessagesPromptTruncationStrategy

_STRATEGIES: dict[str, type[AutoPromptTruncationStrategy] | type[LastMessagesPromptTruncationStrategy]] = {
    "autoStrategy": AutoPromptTruncationStrategy,
    "auto_strategy": AutoPromptTruncationStrategy,
    "lastMessagesStrategy": LastMessagesPromptTruncationStrategy,
    "last_messages_strategy": LastMessagesPromptTruncationStrategy,
}


class PromptTruncationOptions(Model):
    """How a thread is cut to fit the prompt.

    ``max_prompt_tokens``: the prompt's limit in tokens, None for the service's default. ``strategy``: what to
    leave out, None where none was set or where this client does not know it (it is then in ``model_extra``).
    """

    max_prompt_tokens: Int64 | None = None
    strategy: PromptTruncationStrategy | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_strategy(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        fields = {name: member for name, member in value.items() if name not in _STRATEGIES}
        for name, model in _STRATEGIES.items():
            if value.get(name) is not None:
                fields["strategy"] = model.model_validate(value[name])
        return fields

    @model_serializer(mode="wrap")
    def _write_strategy(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = handler(self)
        strategy = fields.pop("strategy", None)
        if isinstance(self.strategy, AutoPromptTruncationStrategy):
            fields["autoStrategy"] = strategy
        elif self.strategy is not None:
            fields["lastMessagesStrategy"] = strategy
        return fields


class CompletionOptions(Model):
    """``max_tokens`` bounds the answer, ``temperature`` is 0 to 1. None leaves the service's default."""

    max_tokens: Int64 | None = None
    temperature: float | None = None


class JsonSchema(Model):
    """A JSON schema that the answer must match."""

    schema_: Struct = Field(default={}, alias="schema")


class JsonSchemaFormat(TypedDict):
    """The answer must match ``json_schema``."""

    json_schema: dict[str, Any]


ResponseFormatValue = Literal["json"] | JsonSchemaFormat


class ResponseFormat(Model):
    """The form of the answer: any JSON object, or one that matches a schema."""

    json_object: bool | None = None
    json_schema: JsonSchema | None = None

    @property
    def value(self) -> ResponseFormatValue | None:
        """``"json"``, ``{"json_schema": {…}}``, or None where the format is free or unknown."""
        if self.json_schema is not None:
            return {"json_schema": self.json_schema.schema_}
        return "json" if self.json_object else None
