"""What a stored object is set up with, or what is to be changed of it. Flat: how it is nested is the wire's affair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from yc_runs._unset import UNSET, Unset
from yc_runs.models.enums import ExpirationPolicy
from yc_runs.models.options import PromptTruncationStrategy, ResponseFormat
from yc_runs.models.tools import Tool


@dataclass(frozen=True)
class ObjectSettings:
    """What threads and assistants can both be set up with.

    In a change, UNSET leaves a field as it is, and None sets it back to nothing; for a new object both say the same.
    """

    name: str | Unset | None = UNSET
    description: str | Unset | None = UNSET
    labels: Mapping[str, str] | Unset | None = UNSET
    ttl_days: int | Unset | None = UNSET
    expiration_policy: ExpirationPolicy | Unset | None = UNSET
    tools: tuple[Tool, ...] | Unset | None = UNSET

    def given(self) -> dict[str, object]:
        """The fields that are not UNSET, by name."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value is not UNSET}


@dataclass(frozen=True)
class ThreadSettings(ObjectSettings):
    """What a thread is set up with. ``default_message_author_id`` is for a new thread only."""

    default_message_author_id: str | Unset | None = UNSET


@dataclass(frozen=True)
class AssistantSettings(ObjectSettings):
    """What an assistant is set up with."""

    model_uri: str | Unset = UNSET
    instruction: str | Unset | None = UNSET
    temperature: float | Unset | None = UNSET
    max_tokens: int | Unset | None = UNSET
    max_prompt_tokens: int | Unset | None = UNSET
    prompt_truncation_strategy: PromptTruncationStrategy | Unset | None = UNSET
    response_format: ResponseFormat | Unset | None = UNSET
