"""The fields of an assistant and of its versions, for the async and the sync client alike. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from yc_runs._resource_fields import StoredFields
from yc_runs._unset import UNSET, Unset
from yc_runs.completions import GPTModel, GPTModelConfig, Models
from yc_runs.models import (
    AssistantData,
    AssistantVersionData,
    PromptTruncationOptions,
    ResponseFormatValue,
    ToolDefinition,
)


class AssistantFields(StoredFields[AssistantData]):
    """What an assistant is."""

    _kind = "assistant"

    @property
    def model(self) -> GPTModel:
        """The model, configured as the assistant has it."""
        options = self._data.completion_options
        config = GPTModelConfig(options.temperature, options.max_tokens) if options else GPTModelConfig()
        return GPTModel(self._data.model_uri, config)

    @property
    def instruction(self) -> str | None:
        """What the assistant is told before each conversation, None where it is told nothing."""
        return self._data.instruction or None

    @property
    def prompt_truncation_options(self) -> PromptTruncationOptions:
        """How threads are cut to fit the prompt."""
        return self._data.prompt_truncation_options or PromptTruncationOptions()

    @property
    def max_prompt_tokens(self) -> int | None:
        """The limit of the prompt in tokens, None for the service's."""
        return self.prompt_truncation_options.max_prompt_tokens

    @property
    def tools(self) -> tuple[ToolDefinition, ...]:
        """The tools that the assistant may use."""
        return tuple(tool.definition for tool in self._data.tools)

    @property
    def response_format(self) -> ResponseFormatValue | None:
        """``"json"``, ``{"json_schema": {…}}``, or None where the format is free."""
        form = self._data.response_format
        return form.value if form else None


class ReadOnlyAssistant(AssistantFields):
    """An assistant as it once was."""


@dataclass(frozen=True)
class AssistantVersion:
    """An assistant as it was after one change.

    ``update_mask`` holds the paths of the fields that the change was about, such as ``expiration_config.ttl_days``;
    it is empty for the assistant as it was created.
    """

    id: str
    assistant: ReadOnlyAssistant
    update_mask: tuple[str, ...]

    @classmethod
    def of(cls, data: AssistantVersionData) -> AssistantVersion:
        """The version that an answer tells of."""
        return cls(data.id, ReadOnlyAssistant(data.assistant or AssistantData()), data.update_mask)


def model_settings(
    models: Models,
    model: str | GPTModel | Unset,
    temperature: float | Unset | None,
    max_tokens: int | Unset | None,
) -> dict[str, object]:
    """The settings that a model and its options come to. What the model is configured with gives way to the options."""
    if model is UNSET:
        return {"temperature": temperature, "max_tokens": max_tokens}
    reference = models.reference(model)
    return {
        "model_uri": reference.uri,
        "temperature": _option(temperature, reference.config.temperature),
        "max_tokens": _option(max_tokens, reference.config.max_tokens),
    }


def _option(given: object, configured: object) -> object:
    return configured if given is UNSET and configured is not None else given
