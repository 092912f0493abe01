"""What a caller may pass as tools, and as the results of their calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from typing_extensions import NotRequired, TypedDict

from yc_runs._arguments.checks import several
from yc_runs.models import (
    FunctionResult,
    FunctionTool,
    GenSearchTool,
    SearchIndexTool,
    Tool,
    ToolResult,
    ToolResultList,
)
from yc_runs.tools.function import function_tool


class ToolResultDict(TypedDict):
    """The result of a function call as a dict."""

    name: str
    content: str
    type: NotRequired[str]


ToolLike = Tool | FunctionTool | SearchIndexTool | GenSearchTool | Callable[..., Any]
"""A definition, or a function whose type hints and docstring make one."""

ToolResultLike = ToolResultDict | ToolResult | FunctionResult


def tool_list(tools: ToolLike | Iterable[ToolLike] | None) -> tuple[Tool, ...]:
    """Tools from one tool or several, each wrapped as the wire has it."""
    if isinstance(tools, Mapping):
        raise _no_tool(tools)
    single = callable(tools) or isinstance(tools, (Tool, FunctionTool, SearchIndexTool, GenSearchTool))
    return tuple(map(_tool, [tools] if single else several("tools", tools, ())))


def _tool(tool: object) -> Tool:
    if isinstance(tool, Tool):
        return tool
    if isinstance(tool, FunctionTool):
        return Tool(function=tool)
    if isinstance(tool, SearchIndexTool):
        return Tool(search_index=tool)
    if isinstance(tool, GenSearchTool):
        return Tool(gen_search=tool)
    if callable(tool) and not isinstance(tool, type):
        return Tool(function=function_tool(tool))
    raise _no_tool(tool)


def _no_tool(given: object) -> TypeError:
    hint = ""
    if isinstance(given, Mapping):
        hint = "; client.tools.function(schema, name=…) makes a tool of a JSON schema"
        if given and all(map(callable, given.values())):
            hint = "; a dict of functions is for run_tools, here give the functions alone"
    return TypeError(
        f"tools: expected FunctionTool, SearchIndexTool, GenSearchTool or a function, got {given!r:.100}{hint}"
    )


def tool_results(results: ToolResultLike | Iterable[ToolResultLike]) -> ToolResultList:
    """Results from one dict or model or several. Raises ``TypeError`` for a wrong shape, ``ValueError`` for none."""
    items = tuple(
        _tool_result(result) for result in several("tool results", results, (Mapping, ToolResult, FunctionResult))
    )
    if not items:
        raise ValueError("tool results: there are none to submit")
    return ToolResultList(tool_results=items)


def _tool_result(result: object) -> ToolResult:
    if isinstance(result, ToolResult):
        if result.function_result is not None or not result.model_extra:
            _check_result(result.function_result)
        return result
    if isinstance(result, FunctionResult):
        _check_result(result)
        return ToolResult(function_result=result)
    if not isinstance(result, Mapping):
        raise TypeError(f"tool result: expected a dict with 'name' and 'content', got {result!r:.100}")
    if result.get("type", "function") != "function":
        raise TypeError(f"tool result: only type 'function' can be submitted, got {result['type']!r:.100}")
    for key in ("name", "content"):
        if key not in result:
            raise TypeError(f"tool result: it lacks {key!r}; it has 'name' and 'content'")
        if not isinstance(result[key], str):
            hint = "; json.dumps makes one of it" if key == "content" else ""
            raise TypeError(f"tool result: {key!r} must be a str, got {type(result[key]).__name__}{hint}")
    if unknown := result.keys() - {"name", "content", "type"}:
        raise TypeError(f"tool result: unknown keys {sorted(map(str, unknown))}; it has 'name', 'content' and 'type'")
    return ToolResult(function_result=FunctionResult(name=result["name"], content=result["content"]))


def _check_result(result: FunctionResult | None) -> None:
    if result is None or not result.name or result.content is None:
        raise TypeError("tool result: it lacks the function's name or content; give FunctionResult(name=…, content=…)")
