"""The functions at hand for a run's tool calls. Pure: calls are made ready here, and carried out elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yc_runs.errors import ToolError
from yc_runs.models import FunctionTool, Tool, ToolCall
from yc_runs.tools.function import ToolFunction, name_of
from yc_runs.tools.schema import is_structured
from yc_runs.tools.signature import Parameters
from yc_runs.tools.validation import Check, as_object, by_hints, by_schema, by_signature

# Not Mapping[str, Callable[..., Any]]: for mypy, functions of different signatures in a dict display are objects.
ToolFunctions = Mapping[str, Any] | Iterable[Callable[..., Any]] | Callable[..., Any]
"""Functions by the names that the model knows, or functions that have names, or one such function."""


@dataclass(frozen=True)
class ReadyCall:
    """A call whose function is known and whose arguments are right."""

    name: str
    arguments: Mapping[str, Any]
    function: Callable[..., Any]
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


class Toolbox:
    """Functions, each with the check of its arguments.

    ``tools``: see ``ToolFunctions``. ``definitions``: the run's own tools, which tell the schema of a function that
    has no type hints. Everything that cannot work is refused here: raises ``TypeError``, ``ValueError`` and
    ``ConfigurationError``.
    """

    def __init__(self, run_id: str, tools: ToolFunctions, definitions: Iterable[Tool] = ()) -> None:
        self._run_id = run_id
        schemas = {tool.function.name: tool.function for tool in definitions if tool.function}
        self._functions = _by_name(tools)
        self._checks = {name: _check(name, tool, schemas.get(name)) for name, tool in self._functions.items()}

    def ready(self, call: ToolCall) -> ReadyCall | ToolError:
        """The call, ready to be carried out, or what is wrong with it."""
        if call.function is None:
            return self.error("", None, "unknown", "the model asks for a kind of call that is no function call")
        name, arguments = call.function.name, call.function.arguments
        if name not in self._functions:
            there = ", ".join(map(repr, sorted(self._functions))) or "none"
            return self.error(name, arguments, "unknown", f"there is no tool {name!r}; there are: {there}")
        if (raw := call.function.raw_arguments) is not None:
            return self.error(name, raw, "arguments", f"the arguments are no JSON object: {raw!r:.200}")
        try:
            args, kwargs = self._checks[name](arguments)
        except ValueError as error:
            return self.error(name, arguments, "arguments", f"wrong arguments: {error}")
        function = self._functions[name]
        plain = function.function if isinstance(function, ToolFunction) else function
        return ReadyCall(name, arguments, plain, args, kwargs)

    def error(
        self, name: str, arguments: Any, kind: str, problem: str, cause: BaseException | None = None
    ) -> ToolError:
        """The error for a call that cannot be answered."""
        error = ToolError(
            f"run {self._run_id!r}: tool {name!r}: {problem}",
            run_id=self._run_id,
            tool=name,
            arguments=arguments,
            kind=kind,
            problem=problem,
        )
        error.__cause__ = cause
        return error


def _by_name(tools: ToolFunctions) -> dict[str, Callable[..., Any]]:
    if isinstance(tools, Mapping):
        named = list(tools.items())
    else:
        single = callable(tools) and not isinstance(tools, type)
        named = [(_name(tool), tool) for tool in ([tools] if single else _listed(tools))]
    functions: dict[str, Callable[..., Any]] = {}
    for name, tool in named:
        if not isinstance(name, str) or not name or not callable(tool) or isinstance(tool, type):
            raise TypeError(f"tools: expected names and functions, got {name!r:.60}: {tool!r:.60}")
        if name in functions:
            raise ValueError(f"tools: two functions are called {name!r}; give a dict of names and functions")
        functions[name] = tool
    return functions


def _listed(tools: Any) -> list[Any]:
    if isinstance(tools, (str, bytes)) or not isinstance(tools, Iterable):
        raise TypeError(f"tools: expected functions, or a dict of names and functions, got {tools!r:.100}")
    return list(tools)


def _name(tool: Any) -> str:
    if isinstance(tool, ToolFunction):
        return tool.definition.name
    if not callable(tool) or isinstance(tool, type):
        raise TypeError(f"tools: expected a function, got {tool!r:.100}")
    return name_of(tool)


def _check(name: str, tool: Callable[..., Any], definition: FunctionTool | None) -> Check:
    function = tool.function if isinstance(tool, ToolFunction) else tool
    given = tool.parameters if isinstance(tool, ToolFunction) else None
    if isinstance(given, type):
        return as_object(given)
    parameters = Parameters(name, function)
    if given is not None:
        return by_schema(name, given, parameters)
    if parameters.is_typed:
        return _whole_object(parameters, definition) or by_hints(parameters)
    if definition is not None and definition.parameters:
        return by_schema(name, definition.parameters, parameters)
    return by_signature(parameters)


def _whole_object(parameters: Parameters, definition: FunctionTool | None) -> Check | None:
    """For a function with one structured parameter whose fields, not itself, are what the model was told of."""
    if definition is None or len(parameters.names) != 1:
        return None
    (name,) = parameters.names
    told = definition.parameters.get("properties", {})
    is_object = is_structured(parameters.types[name]) and name not in told
    return as_object(parameters.types[name]) if is_object else None
