"""What tools gave back, for the model to read (proto ``ToolResult``)."""

from __future__ import annotations

from yc_runs.models._base import Items, Model, Str


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
