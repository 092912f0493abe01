"""Calls of tools (proto ``ToolCall``)."""

from __future__ import annotations

from pydantic import Field

from yc_runs.models._base import Items, Model, Str, Struct


class FunctionCall(Model):
    """The function to run and its arguments, a JSON object.

    ``raw_arguments`` is what the model wrote where that is no JSON object: ``arguments`` is empty then. It is None
    otherwise.
    """

    name: Str = ""
    arguments: Struct = Field(default_factory=dict)
    raw_arguments: str | None = None


class ToolCall(Model):
    """What the model asks to be run. ``function`` is None for a kind of call this client does not know."""

    function_call: FunctionCall | None = None
    call_id: str | None = None

    @property
    def function(self) -> FunctionCall | None:
        """The function call, under the name the official SDK gave it."""
        return self.function_call

    @property
    def id(self) -> str | None:
        """The call's id where the gateway gives one, None elsewhere. It may repeat within a round: no key to calls."""
        return self.call_id


class ToolCallList(Model):
    """The calls of one round, in order."""

    tool_calls: Items[ToolCall] = ()
