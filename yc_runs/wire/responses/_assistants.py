"""Assistants of this API: definitions that live in this process, and agents that were saved in the cloud's console."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from yc_runs.models import (
    AssistantData,
    AssistantSettings,
    AssistantVersionData,
    CompletionOptions,
    RunSpec,
    Tool,
)
from yc_runs.wire._pages import Page
from yc_runs.wire._request import LocalCall, check_id
from yc_runs.wire.responses._input import format_item, tool_items
from yc_runs.wire.responses._unsupported import refuse_given, unsupported

PREFIX = "local-assistant-"
_NAMES = ("name", "description", "labels", "model_uri", "instruction", "tools", "response_format")
_OPTIONS = ("temperature", "max_tokens")
_AGENT_ADVICE = "Use its id in runs.create, and change it in the cloud's console."


class Assistants:
    """The definitions that were made with this client, by id. An id that is none of theirs names an agent."""

    def __init__(self) -> None:
        self._definitions: dict[str, AssistantData] = {}

    def create_assistant(self, folder_id: str, settings: AssistantSettings) -> LocalCall[AssistantData]:
        """Keep a definition: its model, instruction, options, tools and format go with each request of its runs."""
        _refuse(settings)
        tool_items(settings.tools or ())
        new = AssistantData(id=f"{PREFIX}{uuid.uuid4()}", folder_id=folder_id)
        return LocalCall(lambda: self._put_definition(_changed(new, settings)))

    def get_assistant(self, assistant_id: str) -> LocalCall[AssistantData]:
        """A definition."""
        return LocalCall(lambda: self._definition_to(assistant_id, "get"))

    def list_assistants(
        self, folder_id: str, *, page_size: int | None, page_token: str
    ) -> LocalCall[Page[AssistantData]]:
        """All definitions, the newest first."""
        return LocalCall(lambda: Page(tuple(reversed(self._definitions.values())), ""))

    def update_assistant(self, assistant_id: str, changes: AssistantSettings) -> LocalCall[AssistantData]:
        """Change a definition; runs that are under way keep the one they began with."""
        _refuse(changes)
        tool_items(changes.tools or ())
        return LocalCall(lambda: self._put_definition(_changed(self._definition_to(assistant_id, "update"), changes)))

    def delete_assistant(self, assistant_id: str) -> LocalCall[None]:
        """Forget a definition."""
        return LocalCall(lambda: self._forget_definition(assistant_id))

    def list_assistant_versions(
        self, assistant_id: str, *, page_size: int | None, page_token: str
    ) -> LocalCall[Page[AssistantVersionData]]:
        """Raise ``UnsupportedOperationError``."""
        raise unsupported(f"list the versions of assistant {assistant_id!r}", "Keep versions in your own code.")

    def members(self, spec: RunSpec, thread_tools: tuple[Tool, ...]) -> dict[str, Any]:
        """The members that each request of a run of this assistant has alike. Raises for what cannot be sent."""
        definition = self._definition_of(spec.assistant_id)
        base = definition or AssistantData()
        options, own = base.completion_options, spec.custom_completion_options
        tools = spec.tools or (*base.tools, *thread_tools)
        members = {
            "model": base.model_uri,
            "prompt": None if definition else {"id": check_id("assistant", spec.assistant_id)},
            "instructions": base.instruction,
            "temperature": _first(own and own.temperature, options and options.temperature),
            "max_output_tokens": _first(own and own.max_tokens, options and options.max_tokens),
            "tools": tool_items(tools),
            "text": format_item(spec.custom_response_format or base.response_format),
        }
        return {name: value for name, value in members.items() if value not in (None, "", [])}

    def _definition_of(self, assistant_id: str) -> AssistantData | None:
        return self._definition_to(assistant_id, "run") if assistant_id.startswith(PREFIX) else None

    def _definition_to(self, assistant_id: str, action: str) -> AssistantData:
        check_id("assistant", assistant_id)
        if assistant_id in self._definitions:
            return self._definitions[assistant_id]
        if not assistant_id.startswith(PREFIX):
            raise unsupported(f"{action} agent {assistant_id!r}", _AGENT_ADVICE)
        raise ValueError(
            f"assistant {assistant_id!r} is not known here: it was deleted, or made by another client. Such assistants "
            "live in the client that made them: create it again."
        )

    def _put_definition(self, data: AssistantData) -> AssistantData:
        self._definitions[data.id] = data
        return data

    def _forget_definition(self, assistant_id: str) -> None:
        self._definition_to(assistant_id, "delete")
        del self._definitions[assistant_id]


def _refuse(settings: AssistantSettings) -> None:
    advice = "Leave it out: the service cuts long prompts by itself, and definitions live as long as their client."
    refuse_given(
        "an assistant",
        advice,
        ttl_days=settings.ttl_days,
        expiration_policy=settings.expiration_policy,
        max_prompt_tokens=settings.max_prompt_tokens,
        prompt_truncation_strategy=settings.prompt_truncation_strategy,
    )


def _changed(data: AssistantData, settings: AssistantSettings) -> AssistantData:
    return data.model_copy(update=dict(_fields(data, settings.given())))


def _fields(data: AssistantData, given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    empty = AssistantData()
    for name in given.keys() & set(_NAMES):
        yield name, getattr(empty, name) if given[name] is None else given[name]
    if given.keys() & set(_OPTIONS):
        before = data.completion_options or CompletionOptions()
        values = {name: given.get(name, getattr(before, name)) for name in _OPTIONS}
        set_ones = {name: value for name, value in values.items() if value is not None}
        yield "completion_options", CompletionOptions.model_validate(set_ones)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
