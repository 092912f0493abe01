"""Calls of tools, and their results (proto ``ToolCall``, ``ToolResult``)."""

from __future__ import annotations

from pydantic import Field

from yc_runs.models._base import Items, Model, Str, Struct


class FunctionCall(Model):
    """The function to run and its arguments, a JSON object."""

    name: Str = ""
    arguments: Struct = Field(default_factory=dict)


class ToolCall(Model):
    """What the model asks to be run. ``function`` is None for a kind of call this client does not know."""

    function_call: FunctionCall | None = None

    @property
    def function(self) -> FunctionCall | None:
        """The function call, under the name the official SDK gave it."""
        return self.function_call

    @property
    def id(self) -> str | None:
        """None: on this wire calls are known by their order and name."""
        return None


class ToolCallList(Model):
    """The calls of one round, in order."""

    tool_calls: Items[ToolCall] = ()


class FunctionResult(Model):
    """What a function gave back, as text."""

    name: Str = ""
    content: str | None = None


class ToolResult(Model):
    """The result of one call."""

    function_result: FunctionResult | None = None


class ToolResultList(Model):
    """The results of one round, in the order of its calls."""

    tool_results: Items[ToolResult] = ()
