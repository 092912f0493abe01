"""What a response is made with: what its request says, and for the rest what the prompt's assistant says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yc_runs.testing._responses.requests import CreateResponse, Format, Function
from yc_runs.testing._schema import Record
from yc_runs.testing._views import function_tools
from yc_runs.testing.script import FunctionTool, RunContext


@dataclass(frozen=True)
class Options:
    """The options of one response. ``assistant_id`` is empty where no prompt was named."""

    assistant_id: str
    model: str
    instructions: str | None
    tools: tuple[Mapping[str, Any], ...]
    functions: tuple[FunctionTool, ...]
    format: Mapping[str, Any]
    temperature: float | None
    max_output_tokens: int | None

    def context(self, model_uri: str, thread_id: str, *, stream: bool) -> RunContext:
        """Tell a script what it may want to know."""
        schemas = {"json_object": {}, "json_schema": self.format.get("schema", {})}
        return RunContext(
            assistant_id=self.assistant_id,
            thread_id=thread_id,
            model_uri=model_uri,
            instruction=self.instructions or "",
            stream=stream,
            temperature=self.temperature,
            max_tokens=self.max_output_tokens,
            json_schema=schemas.get(self.format["type"]),
        )


def effective(request: CreateResponse, assistant: Record | None) -> Options:
    """Put a request's own options before those of the assistant that it names, if it names one."""
    agent = assistant or {}
    completion = agent.get("completion_options", {})
    tools = _own_tools(request) if request.tools is not None else _agent_tools(agent)
    return Options(
        assistant_id=agent.get("id", ""),
        model=request.model or agent["model_uri"],
        instructions=request.instructions if request.instructions is not None else agent.get("instruction"),
        tools=tuple(tools),
        functions=() if request.tool_choice == "none" else _functions(tools),
        format=_own_format(request.text.format) if request.text and request.text.format else _agent_format(agent),
        temperature=completion.get("temperature") if request.temperature is None else request.temperature,
        max_output_tokens=request.max_output_tokens or completion.get("max_tokens"),
    )


def _own_tools(request: CreateResponse) -> list[dict[str, Any]]:
    return [tool.model_dump(exclude_none=not isinstance(tool, Function)) for tool in request.tools or []]


def _agent_tools(agent: Record) -> list[dict[str, Any]]:
    return [
        {
            "type": "function",
            "name": function.name,
            "description": function.description or None,
            "parameters": dict(function.parameters),
            "strict": None,
        }
        for function in function_tools(agent.get("tools", []))
    ]


def _functions(tools: list[dict[str, Any]]) -> tuple[FunctionTool, ...]:
    return tuple(
        FunctionTool(tool["name"], tool["description"] or "", tool["parameters"] or {})
        for tool in tools
        if tool["type"] == "function"
    )


def _own_format(given: Format) -> dict[str, Any]:
    return given.model_dump(by_alias=True, exclude_none=True)


def _agent_format(agent: Record) -> dict[str, Any]:
    given = agent.get("response_format", {})
    if "json_schema" in given:
        return {"type": "json_schema", "name": "answer", "schema": given["json_schema"].get("schema", {})}
    return {"type": "json_object" if given.get("json_object") else "text"}
